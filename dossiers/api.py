"""API des dossiers : ceux que l'appelant voit dans les pages, ni plus ni moins."""

from django.db.models import Prefetch
from django_filters import rest_framework as filtres
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from comptes.acces import Connecte
from dossiers.completude import constats
from dossiers.etats import Etat
from dossiers.models import Cible, Dossier, Financement


class CibleSerializer(serializers.ModelSerializer):
    objectif = serializers.CharField(source="objectif.texte")
    objectif_code = serializers.CharField(source="objectif.code")
    quartier = serializers.CharField(source="quartier.nom")
    code_qpv = serializers.CharField(source="quartier.code_qpv")

    class Meta:
        model = Cible
        fields = ["objectif_code", "objectif", "code_qpv", "quartier"]


class FinancementSerializer(serializers.ModelSerializer):
    financeur = serializers.CharField(source="financeur.nom")

    class Meta:
        model = Financement
        fields = ["financeur", "montant_demande"]


class DossierSerializer(serializers.ModelSerializer):
    appel = serializers.SlugRelatedField(read_only=True, slug_field="slug")
    organisme = serializers.CharField(source="organisme.nom")
    siret = serializers.CharField(source="organisme.siret")
    cibles = CibleSerializer(many=True, read_only=True)
    financements = FinancementSerializer(many=True, read_only=True)

    class Meta:
        model = Dossier
        fields = [
            "numero",
            "appel",
            "organisme",
            "siret",
            "intitule",
            "description",
            "etat",
            "issue",
            "debut",
            "fin",
            "nb_beneficiaires",
            "part_qpv",
            "depose_le",
            "decide_le",
            "notifie_le",
            "cibles",
            "financements",
        ]


class ConstatSerializer(serializers.Serializer):
    """Une règle du budget qui n'est pas respectée."""

    regle = serializers.CharField()
    message = serializers.CharField()
    bloquant = serializers.BooleanField()
    champs = serializers.ListField(child=serializers.CharField())


class DossierDetailSerializer(DossierSerializer):
    """Un dossier seul porte aussi ce que les règles du budget en disent, comme à l'écran."""

    constats_budget = serializers.SerializerMethodField()

    class Meta(DossierSerializer.Meta):
        fields = [*DossierSerializer.Meta.fields, "constats_budget"]

    @extend_schema_field(ConstatSerializer(many=True))
    def get_constats_budget(self, dossier):
        return ConstatSerializer(constats(dossier), many=True).data


class DossierFilter(filtres.FilterSet):
    etat = filtres.MultipleChoiceFilter(choices=Etat.choices)
    appel = filtres.CharFilter(field_name="appel__slug")
    annee = filtres.NumberFilter(field_name="appel__annee")
    siret = filtres.CharFilter(field_name="organisme__siret")

    class Meta:
        model = Dossier
        fields = []


# Une requête par famille ; les contours des quartiers, lourds, restent en base.
CIBLES = Cible.objects.select_related("objectif", "quartier").only(
    "dossier_id", "objectif__code", "objectif__texte", "quartier__nom", "quartier__code_qpv"
)
FINANCEMENTS = Financement.objects.select_related("financeur").only("dossier_id", "montant_demande", "financeur__nom")


class DossierViewSet(viewsets.ReadOnlyModelViewSet):
    """Les dossiers visibles par l'appelant."""

    acces = "connecte"
    permission_classes = [Connecte]
    serializer_class = DossierSerializer
    filterset_class = DossierFilter
    lookup_field = "numero"
    queryset = Dossier.objects.none()

    def get_serializer_class(self):
        return DossierDetailSerializer if self.action == "retrieve" else DossierSerializer

    def get_queryset(self):
        return (
            Dossier.objects.visibles_par(self.request.user)
            .select_related("appel", "organisme")
            .prefetch_related(Prefetch("cibles", CIBLES), Prefetch("financements", FINANCEMENTS))
            .order_by("-pk")
        )
