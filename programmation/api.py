"""API du tableau de programmation : le même `Tableau` que la page, pour la même personne."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from comptes.acces import AvecRole
from comptes.models import Role
from programmation.acces import appels_programmables
from programmation.tableau import Fermete, Filtres, Groupement, lire


class EnveloppeSerializer(serializers.Serializer):
    financeur = serializers.CharField(source="financeur.nom")
    montant = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    consomme = serializers.DecimalField(max_digits=14, decimal_places=2)
    reste = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)


class ColonneSerializer(serializers.Serializer):
    cle = serializers.CharField()
    titre = serializers.CharField()
    genre = serializers.CharField()


class LigneSerializer(serializers.Serializer):
    numero = serializers.CharField()
    etat = serializers.CharField()
    parts = serializers.IntegerField()
    valeurs = serializers.DictField(
        help_text="Une valeur par clé de colonne ; les montants sont des chaînes décimales."
    )


class GroupeSerializer(serializers.Serializer):
    libelle = serializers.CharField()
    nombre = serializers.IntegerField()
    totaux = serializers.DictField()
    lignes = LigneSerializer(many=True)


class TableauSerializer(serializers.Serializer):
    appel = serializers.CharField(source="appel.slug")
    fermete = serializers.CharField(source="fermete.value")
    nombre = serializers.IntegerField()
    masques = serializers.IntegerField(
        source="masques_comptes",
        help_text="Parmi eux, ceux dont la personne s’est déportée : comptés dans le total, dans aucun groupe.",
    )
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    colonnes = ColonneSerializer(many=True)
    groupes = GroupeSerializer(many=True)
    total = serializers.DictField()
    enveloppes = EnveloppeSerializer(many=True)


def _ecrire(valeurs):
    """Un montant part en chaîne décimale, jamais en flottant."""
    return {
        cle: valeur if valeur is None or isinstance(valeur, int) else str(valeur) for cle, valeur in valeurs.items()
    }


class ProgrammationView(APIView):
    """Le tableau de programmation d'un appel : cinquante lignes par page, les totaux sur tout ce qui est filtré."""

    permission_classes = [AvecRole]
    roles_api = acces = (Role.AGENT, Role.FINANCEUR)

    @extend_schema(
        responses=TableauSerializer,
        parameters=[
            OpenApiParameter("fermete", enum=Fermete.values),
            OpenApiParameter("groupe", enum=Groupement.values),
            OpenApiParameter("page", int),
        ],
    )
    def get(self, request, slug):
        appel = get_object_or_404(appels_programmables(request.user).select_related("collectivite"), slug=slug)
        tableau = lire(appel, Filtres.depuis(request.query_params), utilisateur=request.user)
        donnees = TableauSerializer(tableau).data
        donnees["total"] = _ecrire(tableau.total)
        for ecrit, groupe in zip(donnees["groupes"], tableau.groupes, strict=True):
            ecrit["totaux"] = _ecrire(groupe.totaux)
            for ligne_ecrite, ligne in zip(ecrit["lignes"], groupe.lignes, strict=True):
                ligne_ecrite["valeurs"] = _ecrire(ligne.valeurs)
        return Response(donnees)
