"""Le décor du balayage : un porteur, un dossier à chaque étape, et partout des mots que rien d'autre n'écrit."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from comptes.models import Utilisateur
from dossiers.etats import Etat
from dossiers.models import Dossier, Financement, LigneBudget, Message
from evaluation import operations
from evaluation.models import FicheHabitant, QuestionLecteur
from evaluation.operations import citoyens
from notifications.travail import vider
from programmation import operations as programmation
from tests.evaluation import salle
from tests.evaluation.outils_habitants import preparer
from tests.fabriques import (
    DeliberationFactory,
    DemandeComplementFactory,
    DeportFactory,
    DossierFactory,
    EnveloppeFactory,
    MembreReunionFactory,
    OrganismeFactory,
    PassageFactory,
    PieceFactory,
    ReunionFactory,
    agent_de,
    financeur_de,
)
from tests.fabriques_evaluation import conseil_citoyen
from tests.fabriques_veille import SignalementFactory

D = Decimal
PORTEUR = "Compagnie du Galibier"
# Chaque mot dit d'où il vient ; aucun ne sert ailleurs dans le projet.
MOTS = {
    "intitulé": "zinzolin",
    "porteur": "Galibier",
    "numéro": "2027-ZNZ-",
    "description": "chapiteau vermeil",
    "pièce": "nacarat",
    "commentaire": "amarante",
    "observations": "garance",
    "réserves": "cinabre",
    "message": "safrané",
    "question": "outremer",
    "habitant": "mordoré",
    "suite": "coquelicot",
    "complément": "incarnat",
    "déport d’un autre": "pervenche",
}
# Des montants que rien d'autre n'écrit, et qu'aucune clé primaire n'atteint.
MONTANTS = {"demandé": "71777", "coût": "76543", "proposé": "61234", "prévu": "51239", "vote": "43219"}
# 44,0 ; jamais derrière deux points : ce serait la seconde d'un horodatage de l'API.
MARQUES = {
    **{nom: re.compile(re.escape(mot), re.I) for nom, mot in MOTS.items()},
    **{nom: re.compile(rf"(?<!\d){m[:2]}[ .,]?{m[2:]}(?!\d)") for nom, m in MONTANTS.items()},
    "note": re.compile(r"(?<![\d:])44[,.]0"),
}


def marques(texte):
    """Les noms des marques du dossier lues dans ce texte."""
    return {nom for nom, forme in MARQUES.items() if forme.search(texte)}


@dataclass
class Decor:
    seance: object
    nadia: Utilisateur
    fanny: Utilisateur
    vises: dict

    @property
    def personnes(self):
        """Qui peut se déporter, par rôle."""
        return {
            "évaluatrice": self.seance.eva, "conseil citoyen": self.seance.gisele,
            "agente": self.nadia, "financeuse": self.fanny,
        }  # fmt: skip

    @property
    def jeux(self):
        """Les dossiers du porteur, relus."""
        return Dossier.objects.filter(pk__in=[d.pk for d in self.vises.values()])


def _marquer(rang, dossier, organisme):
    """Les mots et les montants du porteur, écrits avant que rien n'en découle."""
    Dossier.objects.filter(pk=dossier.pk).update(
        numero=f"2027-ZNZ-{rang:04d}",
        intitule=f"Cirque zinzolin {rang}",
        description="Un chapiteau vermeil dressé six semaines.",
        organisme=organisme,
    )
    Financement.objects.filter(dossier=dossier).update(montant_demande=D("71777"))
    LigneBudget.objects.filter(dossier=dossier, compte="60").update(montant=D("73543"))
    dossier.refresh_from_db()
    PieceFactory(dossier=dossier, nom="nacarat.pdf", demandee=None)
    Message.objects.create(dossier=dossier, signature="Le service", du_service=True, texte="Un mot safrané.")
    return dossier


def noter_44(decor, dossier, utilisateur):
    """Des notes qui font 44,0 sur 100."""
    notes = dict.fromkeys(decor.appel.criteres.all(), 2)
    notes[decor.appel.criteres.get(poids=20)] = 3
    operations.enregistrer_evaluation(dossier, par=utilisateur, notes=notes, commentaire="Une réserve amarante.")
    operations.envoyer_evaluation(dossier, par=utilisateur)


def _lire_et_noter(decor, dossier, lecteurs):
    critere = decor.appel.criteres.first()
    for lecteur in lecteurs:
        noter_44(decor, dossier, lecteur)
        operations.epingler(dossier, par=lecteur, critere=critere, texte="Un chapiteau vermeil")
        QuestionLecteur.objects.create(dossier=dossier, auteur=lecteur, texte="Pourquoi outremer ?")


def _ce_que_disent_les_habitants(decor, reunion, dossier, dire=True):
    fiche = FicheHabitant.objects.get(dossier=dossier)
    for rang, utile in enumerate(("oui", "non")):
        citoyens.repondre_par_code(fiche, jeton=f"{dossier.pk}-{rang}", utile=utile, que_manque_t_il="Un banc mordoré")
    return fiche


def _tenir(decor, reunion, dossier, montant):
    fiche = _ce_que_disent_les_habitants(decor, reunion, dossier)
    _lire_et_noter(decor, dossier, (decor.eva, decor.farid))
    operations.rendre_avis(
        dossier,
        par=decor.denis,
        sens="reserves",
        montants={f.financeur: min(montant, f.montant_demande) for f in dossier.financements.all()},
        observations="Une observation garance.",
        reserves="Une réserve cinabre.",
    )
    citoyens.rediger_suite(fiche, par=decor.denis, texte="Vous demandiez un banc : un banc coquelicot.")


def dresser(seance):
    """La réunion passée (avis rendus, programmés, notifiés) et la séance ouverte sur le dossier du porteur."""
    appel = seance.appel
    organisme, conseil = OrganismeFactory(nom=PORTEUR), conseil_citoyen(appel.collectivite)
    nadia = agent_de(appel.collectivite, utilisateur__prenom="Nadia", utilisateur__nom="Petit")
    fanny = financeur_de(appel.financeurs.first())
    for financeur in appel.financeurs.all():
        EnveloppeFactory(appel=appel, financeur=financeur, montant=D(900_000))
    passee = ReunionFactory(appel=appel, titre="Culture et lien social", debut=timezone.now() - timedelta(days=3))
    for membre in (seance.eva, seance.farid):
        MembreReunionFactory(reunion=passee, utilisateur=membre)
    MembreReunionFactory(reunion=passee, utilisateur=seance.gisele, evalue=False, structure="Conseil citoyen")

    SignalementFactory(quartier=appel.objectifs.first().quartiers.first(), conseil=conseil)
    vises = {"examiné": seance.dossier}
    for nom in ("évalué", "programmé", "notifié"):
        vises[nom] = PassageFactory(reunion=passee).dossier
    vises["recevable"] = DossierFactory(appel=appel, complet=True, recevable=True)
    vises["déposé"] = DossierFactory(appel=appel, complet=True, depose=True)
    vises["à compléter"] = DossierFactory(appel=appel, complet=True, a_completer=True)
    for rang, dossier in enumerate(vises.values(), 1):
        _marquer(rang, dossier, organisme)
    DemandeComplementFactory(dossier=vises["à compléter"], message="Il manque un papier incarnat.")
    vises["examiné"].refresh_from_db()

    ordinaires = [PassageFactory(reunion=r).dossier for r in (seance.reunion, seance.reunion, passee, passee)]
    # L'ordinaire d'une autre structure qui reprend l'action d'avant : ses pages ne parlent pas pour l'autre.
    Dossier.objects.filter(pk=ordinaires[0].pk).update(renouvelle=vises["notifié"])
    for dossier in (vises["examiné"], ordinaires[0]):
        quartier = dossier.cibles.first().quartier
        SignalementFactory(quartier=quartier, conseil=conseil, dossier=dossier, retenu=True)
    cousine = MembreReunionFactory(reunion=passee).utilisateur
    DeportFactory(dossier=vises["évalué"], utilisateur=cousine, motif="Une cousine pervenche.")

    preparer(seance)
    citoyens.preparer_fiches(passee, par=seance.denis)
    citoyens.ouvrir_aux_habitants(passee, True, par=seance.denis)
    citoyens.ouvrir_aux_habitants(seance.reunion, True, par=seance.denis)
    _ce_que_disent_les_habitants(seance, seance.reunion, vises["examiné"])
    _lire_et_noter(seance, vises["examiné"], (seance.eva, seance.farid))
    for nom in ("évalué", "programmé", "notifié"):
        _tenir(seance, passee, vises[nom], D(61234))
    for dossier in ordinaires[2:]:
        seance.rendre(dossier=dossier, montants={f.financeur: f.montant_demande for f in dossier.financements.all()})
    citoyens.publier_suites(passee, conseil, par=seance.denis)
    operations.demander_proces_verbal(passee, par=seance.denis)
    _programmer(seance, vises, ordinaires)
    _ouvrir_la_seance(seance)
    vider()
    return Decor(seance, nadia, fanny, vises)


def _programmer(decor, vises, ordinaires):
    appel = decor.appel
    Dossier.objects.filter(pk=vises["évalué"].pk).update(etat=Etat.EN_EVALUATION)
    programmation.programmer_les_evalues(appel, par=decor.denis)
    Dossier.objects.filter(pk=vises["évalué"].pk).update(etat=Etat.EVALUE)
    for nom in ("programmé", "notifié"):
        dossier = Dossier.objects.get(pk=vises[nom].pk)
        for ligne in dossier.lignes_programmation.all():
            programmation.fixer_montant(dossier, ligne.financeur, D(51239), par=decor.denis)
    deliberation = DeliberationFactory(appel=appel)
    programmation.decider(
        appel, [Dossier.objects.get(pk=vises["notifié"].pk), ordinaires[2]], deliberation, par=decor.denis
    )


def _ouvrir_la_seance(seance):
    """L'examen est en cours, le premier vote dévoilé, le second ouvert."""
    salle.ouvrir(seance)
    salle.mener(seance, salle.Phase.TOUR_2, montants=(43219, 43219))


def deporter(decor):
    """Chacun se déporte de tous les dossiers du porteur, comme le fait un lien déclaré avec l'organisme."""
    for utilisateur in decor.personnes.values():
        for dossier in decor.jeux:
            DeportFactory(dossier=dossier, utilisateur=utilisateur, motif="Je siège à son conseil d’administration.")
        decor.seance.reunion.refresh_from_db()
    vider()
