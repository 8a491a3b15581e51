"""La parole des habitants, lue : un projet en mots courants, leurs réponses en une ligne, ce qu'il en est sorti."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from comptes.models import Role
from documents import nombres
from dossiers.budget import totaux_du_dossier
from dossiers.etats import Etat, Issue
from dossiers.models import Cible, Dossier, Financement
from evaluation.models import Avis, AvisCitoyen, FicheHabitant, PassageDossier

INSECABLE = nombres.INSECABLE
Utile = AvisCitoyen.Utile
# Ce que chaque réponse devient dans une phrase : « 8 oui, 2 un peu, 1 non, 3 ne savent pas ».
MOTS = ((Utile.OUI, "oui", "oui"), (Utile.UN_PEU, "un peu", "un peu"), (Utile.NON, "non", "non"),
        (Utile.NE_SAIT_PAS, "ne sait pas", "ne savent pas"))  # fmt: skip
QUARTIERS_MAX, SIGNES_DU_PUBLIC, SIGNES_DU_LIEU = 4, 160, 90


@dataclass
class Habitants:
    """Ce que les habitants disent d'un dossier : jamais une note, jamais une moyenne."""

    decompte: Counter = field(default_factory=Counter)
    manques: list = field(default_factory=list)
    pour_qui: list = field(default_factory=list)
    papier: int = 0

    @property
    def total(self):
        return sum(self.decompte.values())

    def __bool__(self):
        return self.total > 0

    @property
    def phrase(self):
        """« 8 oui, 2 un peu, 1 non » ; vide quand personne n'a répondu."""
        dits = [
            f"{self.decompte[valeur]}{INSECABLE}{un if self.decompte[valeur] == 1 else plusieurs}"
            for valeur, un, plusieurs in MOTS
            if self.decompte[valeur]
        ]
        return ", ".join(dits)

    @property
    def en_ligne(self):
        return self.total - self.papier

    def compter(self, utile, pour_qui, manque, origine):
        self.decompte[utile] += 1
        self.papier += origine == AvisCitoyen.Origine.PAPIER
        if pour_qui:
            self.pour_qui.append(pour_qui)
        if manque:
            self.manques.append(manque)


def avis_des_habitants(dossiers):
    """{dossier: Habitants}, en une requête pour tous."""
    return _compter(AvisCitoyen.objects.filter(fiche__dossier__in=dossiers), "fiche__dossier_id")


def avis_par_fiche(fiches):
    """{fiche: Habitants} : ce que dit un conseil citoyen, sans les autres."""
    return _compter(AvisCitoyen.objects.filter(fiche__in=fiches), "fiche_id")


def _compter(reponses, cle):
    par_cle = defaultdict(Habitants)
    lues = reponses.order_by("donne_le", "pk").values_list(cle, "utile", "pour_qui", "que_manque_t_il", "origine")
    for pk, *reponse in lues:
        par_cle[pk].compter(*reponse)
    return par_cle


def fiches_lisibles(utilisateur):
    """Les fiches des dossiers dont la personne ne s'est pas déportée."""
    return FicheHabitant.objects.exclude(dossier__deports__utilisateur=utilisateur)


def attend_des_reponses(fiche):
    """Tant que la réunion n'a pas rendu son avis sur le dossier ; après, les réponses ne changent plus."""
    return not fiche.reunion.est_close and fiche.dossier.etat == Etat.EN_EVALUATION


def conseils_de(utilisateur):
    """Les conseils citoyens dont la personne est membre."""
    return utilisateur.ids_partenaires(Role.CITOYEN)


def deja_repondu(utilisateur):
    """Les dossiers sur lesquels ce membre de conseil citoyen a répondu ; sans une requête pour les autres."""
    if not conseils_de(utilisateur):
        return set()
    return set(AvisCitoyen.objects.filter(utilisateur=utilisateur).values_list("fiche__dossier_id", flat=True))


def marquer_la_file(etapes, utilisateur):
    """Dans la file de lecture, ce qu'un membre de conseil citoyen a dit et ce qu'il lui reste à dire."""
    repondus = deja_repondu(utilisateur)
    for etape in etapes:
        etape.repond = not etape.note and Role.CITOYEN in utilisateur.roles
        for dossier in etape.miens:
            dossier.repondu = dossier.pk in repondus
            dossier.a_repondre = etape.repond and not dossier.repondu and dossier.etat == Etat.EN_EVALUATION
        etape.a_repondre = sum(dossier.a_repondre for dossier in etape.miens)


def adresse(fiche):
    """L'adresse que porte le dessin à lire avec un téléphone."""
    return settings.URL_PUBLIQUE + reverse("avis-habitant-repondre", args=[fiche.code])


def adresse_courte():
    """Celle qu'on tape : sans « https », sans barre finale."""
    return (settings.URL_PUBLIQUE + reverse("avis-habitant")).partition("://")[2].rstrip("/")


def avec_l_essentiel(dossiers):
    """Tout ce que la fiche raconte, l'an passé compris, en un nombre constant de requêtes."""
    cibles = Prefetch("cibles", Cible.objects.select_related("quartier").defer("quartier__contour"))
    financements = Prefetch("financements", Financement.objects.select_related("financeur"))
    avant = Dossier.objects.prefetch_related(cibles, "lignes_budget", financements)
    return dossiers.select_related("organisme", "appel").prefetch_related(
        cibles, "lignes_budget", financements, Prefetch("renouvelle", avant)
    )


@dataclass(frozen=True)
class EnBref:
    """Un projet en mots courants ; rien que le titre, le porteur, les quartiers, les dates, le public et le coût."""

    titre: str
    qui: str
    ou: str
    pour_qui: str
    quand: str
    combien: str
    resume: str
    nouveau: tuple[str, ...]


def en_bref(dossier):
    """À lire sur un dossier pris par `avec_l_essentiel`."""
    return EnBref(
        titre=dossier.intitule or "Projet sans titre",
        qui=_qui(dossier.organisme),
        ou=_ou(dossier),
        pour_qui=_pour_qui(dossier),
        quand=_quand(dossier),
        combien=_combien(dossier),
        resume=dossier.description.strip() or dossier.objectifs_action.strip(),
        nouveau=_nouveau(dossier),
    )


NATURES = {
    "association": "une association", "fondation": "une fondation", "commune": "un service de la commune",
    "bailleur": "un bailleur social, qui loue des logements", "eple": "un établissement scolaire",
    "etablissement": "un établissement public",
}  # fmt: skip


def _qui(organisme):
    nature = NATURES.get(organisme.type)
    return f"{organisme.nom}, {nature}." if nature else f"{organisme.nom}."


def _raccourcir(texte, signes):
    """Une seule ligne, coupée à un mot ; une phrase finit par un point."""
    mots = " ".join(texte.split())
    if len(mots) > signes:
        return f"{mots[:signes].rsplit(' ', 1)[0].rstrip(' ,;:.')}…"
    return mots if not mots or mots[-1] in ".!?…" else f"{mots}."


def _ou(dossier):
    noms = [quartier.nom for quartier in dossier.quartiers]
    reste = len(noms) - QUARTIERS_MAX
    dits = ", ".join(noms[:QUARTIERS_MAX]) + (f" et {reste} autre{'s' if reste > 1 else ''}" if reste > 0 else "")
    quartiers = f"Quartier{'s' if len(noms) > 1 else ''} : {dits}." if noms else ""
    return " ".join(filter(None, [quartiers, _raccourcir(dossier.lieux, SIGNES_DU_LIEU)]))


def _pour_qui(dossier):
    dits = [_raccourcir(dossier.public, SIGNES_DU_PUBLIC)]
    if nombre := dossier.nb_beneficiaires:
        dits.append(f"{_personnes(nombre)} en tout.")
        if dossier.part_qpv:
            des_quartiers = _arrondi(Decimal(nombre) * dossier.part_qpv / 100)
            verbe = "vivent" if des_quartiers > 1 else "vit"
            combien = f"Environ {_entier(des_quartiers)} {verbe}"
            dits.append(f"{combien} dans un quartier prioritaire, que l’État et la ville aident en premier.")
    return " ".join(filter(None, dits))


def _quand(dossier):
    debut, fin = dossier.debut, dossier.fin
    if not debut or not fin:
        return "Les dates ne sont pas encore fixées."
    if debut == fin:
        return f"Le {nombres.date_longue(debut)}."
    if debut.year == fin.year:
        depart = nombres.date(debut).rpartition(" ")[0]
        return f"Du {depart} au {nombres.date(fin)}."
    return f"Du {nombres.date(debut)} au {nombres.date(fin)}."


def _combien(dossier):
    cout = totaux_du_dossier(dossier).charges
    if not cout:
        return "Le coût n’est pas indiqué."
    tout = f"{_euros(cout)} en tout."
    if not dossier.nb_beneficiaires:
        return tout
    return f"{tout} Cela fait environ {_euros(cout / dossier.nb_beneficiaires)} par personne."


def _nouveau(dossier):
    """Ce qui change depuis la dernière fois, en phrases courtes ; les dates d'une nouvelle année n'en sont pas."""
    avant = dossier.renouvelle
    if avant is None:
        return ("C’est un projet nouveau.",)
    phrases = []
    if avant.intitule and avant.intitule != dossier.intitule:
        phrases.append(f"Avant, il s’appelait « {avant.intitule} ».")
    noms, anciens = ([q.nom for q in projet.quartiers] for projet in (dossier, avant))
    for nom in noms:
        if nom not in anciens:
            phrases.append(f"Il va aussi dans un nouveau quartier : {nom}.")
    for nom in anciens:
        if nom not in noms:
            phrases.append(f"Il ne va plus dans le quartier {nom}.")
    if dossier.nb_beneficiaires and avant.nb_beneficiaires and dossier.nb_beneficiaires != avant.nb_beneficiaires:
        phrases.append(f"{_personnes(dossier.nb_beneficiaires)}, au lieu de {_entier(avant.nb_beneficiaires)}.")
    cout, ancien = (totaux_du_dossier(projet).charges for projet in (dossier, avant))
    if cout and ancien and cout != ancien:
        phrases.append(f"Il coûte {_euros(cout)}, au lieu de {_euros(ancien)}.")
    if avant.public.split() != dossier.public.split():
        phrases.append("Il ne s’adresse pas tout à fait aux mêmes personnes.")
    deja = "Ce projet a déjà eu lieu." if avant.issue == Issue.ACCORDE else "Ce projet a déjà été proposé."
    return (deja, *(phrases or ("Il ne change pas.",)))


def _personnes(nombre):
    return f"{_entier(nombre)}{INSECABLE}personne{'s' if nombre > 1 else ''}"


def _entier(nombre):
    return nombres.chiffres(nombre).partition(",")[0]


def _arrondi(montant):
    return int(Decimal(montant).quantize(Decimal(1), ROUND_HALF_UP))


def _euros(montant):
    """Sans centimes : un habitant lit un prix ; sous dix euros, ils comptent."""
    if 0 < montant < 10 and montant != int(montant):
        return nombres.euros(montant)
    return f"{_entier(_arrondi(montant))}{INSECABLE}€"


def jour(instant):
    return nombres.date_longue(timezone.localtime(instant))


def fiches_a_donner(utilisateur):
    """Ce que le membre d'un conseil citoyen n'a pas encore dit : les passages ouverts de ses réunions."""
    return (
        PassageDossier.objects.filter(
            reunion__close_le=None, reunion__membres__utilisateur=utilisateur, dossier__etat=Etat.EN_EVALUATION
        )
        .exclude(dossier__deports__utilisateur=utilisateur)
        .exclude(dossier__fiches_habitant__avis__utilisateur=utilisateur)
    )


@dataclass(frozen=True)
class SuiteDonnee:
    """Ce qu'un projet est devenu, dit aux habitants : vide tant que ce n'est pas connu d'eux."""

    avis: str = ""
    decision: str = ""
    texte: str = ""
    publiee_le: object = None


def suite_donnee(fiche, *, interne=False):
    """L'avis une fois la réunion close ou le texte publié, la décision une fois notifiée ; `interne` : pour l'agent."""
    dossier, suite = fiche.dossier, getattr(fiche, "suite", None)
    publiee = bool(suite and suite.publiee_le)
    if dossier.etat == Etat.RETIRE:
        avis = "L’association a retiré son projet."
    elif (
        dossier.etat != Etat.EN_EVALUATION
        and hasattr(dossier, "avis")
        and (interne or publiee or fiche.reunion.est_close)
    ):
        avis = PHRASES_D_AVIS[dossier.avis.sens]
        if dossier.avis.reserves:
            avis += f" Ce qu’elle demande : {_raccourcir(dossier.avis.reserves, 300)}"
    else:
        avis = ""
    return SuiteDonnee(avis, _decision(dossier), suite.texte if publiee else "", suite.publiee_le if publiee else None)


PHRASES_D_AVIS = {
    Avis.Sens.FAVORABLE: "La réunion est d’accord avec ce projet.",
    Avis.Sens.RESERVES: "La réunion est d’accord, mais demande des changements.",
    Avis.Sens.AJOURNE: "La réunion veut en reparler plus tard.",
    Avis.Sens.DEFAVORABLE: "La réunion n’est pas d’accord avec ce projet.",
}


def _decision(dossier):
    """Rien tant que la décision n'est pas notifiée à l'association."""
    if not dossier.notifie_le or dossier.issue not in (Issue.ACCORDE, Issue.REFUSE):
        return ""
    if dossier.issue == Issue.REFUSE:
        return "Le projet ne reçoit pas d’argent."
    return f"Le projet reçoit {_euros(sum(d.montant for d in dossier.decisions.all()))}."
