"""API des appels à projets : lecture seule, mêmes droits que les pages."""

from rest_framework import serializers, viewsets

from appels.models import Appel, CritereEvaluation, PieceDemandee
from comptes.acces import Connecte


class CritereSerializer(serializers.ModelSerializer):
    class Meta:
        model = CritereEvaluation
        fields = ["libelle", "poids"]


class PieceDemandeeSerializer(serializers.ModelSerializer):
    class Meta:
        model = PieceDemandee
        fields = ["libelle", "obligation"]


class AppelSerializer(serializers.ModelSerializer):
    collectivite = serializers.CharField(source="collectivite.nom")
    financeurs = serializers.SlugRelatedField(many=True, read_only=True, slug_field="nom")
    criteres = CritereSerializer(many=True, read_only=True)
    pieces_demandees = PieceDemandeeSerializer(many=True, read_only=True)
    ouvert = serializers.SerializerMethodField()

    class Meta:
        model = Appel
        fields = [
            "slug",
            "code",
            "annee",
            "intitule",
            "presentation",
            "collectivite",
            "ouvre_le",
            "cloture_le",
            "ouvert",
            "montant_min",
            "montant_max",
            "taux_max_public",
            "financeurs",
            "criteres",
            "pieces_demandees",
        ]

    def get_ouvert(self, appel) -> bool:
        return appel.est_ouvert()


class AppelViewSet(viewsets.ReadOnlyModelViewSet):
    """Les appels à projets que la personne peut voir."""

    acces = "connecte"
    permission_classes = [Connecte]
    serializer_class = AppelSerializer
    lookup_field = "slug"
    filterset_fields = ["annee", "collectivite"]
    queryset = Appel.objects.none()

    def get_queryset(self):
        return (
            Appel.objects.visibles_par(self.request.user)
            .select_related("collectivite")
            .prefetch_related("financeurs", "criteres", "pieces_demandees")
            .order_by("-annee", "pk")
        )
