"""La réunion commune : Denis la conduit, Éva et Farid notent, Gisèle lit pour le conseil citoyen."""

from dataclasses import dataclass

import pytest

from appels.models import Appel
from comptes.models import Role, Utilisateur
from dossiers.models import Dossier
from evaluation import operations
from evaluation.models import MembreReunion, PassageDossier, Reunion
from tests.fabriques import AffectationFactory, AppelFactory
from tests.fabriques_evaluation import MembreReunionFactory, PassageFactory, ReunionFactory


@dataclass
class Seance:
    appel: Appel
    denis: Utilisateur
    eva: Utilisateur
    farid: Utilisateur
    gisele: Utilisateur
    reunion: Reunion
    passage: PassageDossier

    @property
    def dossier(self):
        """Relu : son état a pu changer."""
        return Dossier.objects.get(pk=self.passage.dossier_id)

    def membre(self, utilisateur):
        return MembreReunion.objects.get(reunion=self.reunion, utilisateur=utilisateur)

    def grille(self, niveau=4):
        return dict.fromkeys(self.appel.criteres.all(), niveau)

    def envoyer(self, utilisateur, niveau=4, commentaire="", dossier=None):
        dossier = dossier or self.dossier
        operations.enregistrer_evaluation(dossier, par=utilisateur, notes=self.grille(niveau), commentaire=commentaire)
        return operations.envoyer_evaluation(dossier, par=utilisateur)

    def demandes(self, part=1):
        return {f.financeur: f.montant_demande * part for f in self.dossier.financements.select_related("financeur")}

    def rendre(self, sens="favorable", dossier=None, **champs):
        montants = champs.pop("montants", {} if sens == "defavorable" else self.demandes())
        return operations.rendre_avis(dossier or self.dossier, par=self.denis, sens=sens, montants=montants, **champs)


def personne(appel, role, prenom, nom):
    return AffectationFactory(
        collectivite=appel.collectivite, role=role, utilisateur__prenom=prenom, utilisateur__nom=nom
    ).utilisateur


@pytest.fixture
def seance(db):
    appel = AppelFactory()
    denis = personne(appel, Role.AGENT, "Denis", "Caron")
    eva = personne(appel, Role.EVALUATEUR, "Éva", "Roux")
    farid = personne(appel, Role.EVALUATEUR, "Farid", "Benali")
    gisele = personne(appel, Role.CITOYEN, "Gisèle", "Watel")
    reunion = ReunionFactory(appel=appel, titre="Santé et accès aux droits")
    for utilisateur in (eva, farid):
        MembreReunionFactory(reunion=reunion, utilisateur=utilisateur)
    MembreReunionFactory(reunion=reunion, utilisateur=gisele, evalue=False, structure="Conseil citoyen du Centre")
    passage = PassageFactory(reunion=reunion)
    return Seance(appel, denis, eva, farid, gisele, reunion, passage)
