"""La file de lecture d'une personne : ses dossiers par réunion, ce qui reste à lire, celui d'après."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, Subquery

from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import lecture
from evaluation.models import Evaluation, Lecteur, MembreReunion, PassageDossier, Reunion


@dataclass
class Etape:
    """Une réunion à venir, et ce que la personne y lit."""

    reunion: Reunion
    note: bool
    miens: list = field(default_factory=list)
    autres: list = field(default_factory=list)

    @property
    def a_faire(self):
        return [d for d in self.miens if d.a_faire]

    @property
    def faits(self):
        return [d for d in self.miens if d.envoye_le]

    @property
    def minutes(self):
        """Ce qu'il reste à lire ; tout, pour qui lit sans noter."""
        return sum(d.minutes for d in (self.a_faire if self.note else self.miens))


def passages_de(utilisateur, aussi=None):
    """Les passages des réunions ouvertes où la personne est conviée, déports exclus, avec son avancement.

    `aussi` : un dossier qu'elle peut lire, dont le passage vient avec les autres même si sa réunion est close.
    """
    membre = MembreReunion.objects.filter(reunion=OuterRef("reunion"), utilisateur=utilisateur, evalue=True)
    lecteurs = Lecteur.objects.filter(passage=OuterRef("pk"))
    mienne = Evaluation.objects.filter(dossier=OuterRef("dossier"), evaluateur=utilisateur)
    ouvertes, du_porteur = Q(reunion__close_le=None), Q(dossier__organisme__in=utilisateur.ids_organismes)
    return (
        PassageDossier.objects.filter(
            ouvertes | Q(dossier=aussi) if aussi else ouvertes,
            reunion__membres__utilisateur=utilisateur,
            dossier__in=Dossier.objects.visibles_par(utilisateur).values("pk"),
        )
        .exclude(dossier__deports__utilisateur=utilisateur)
        # Ce que porte son propre organisme, on ne le note pas.
        .exclude(du_porteur & ~Q(dossier=aussi) if aussi else du_porteur)
        .annotate(
            note=Exists(membre),
            confie=Exists(lecteurs),
            designe=Exists(lecteurs.filter(membre__utilisateur=utilisateur)),
            commencee=Exists(mienne),
            envoyee_le=Subquery(mienne.values("envoyee_le")[:1]),
            reprise=Exists(mienne.filter(envoyee_le__isnull=False, brouillon__isnull=False)),
        )
        .select_related("reunion", "dossier__organisme")
        .order_by("reunion__debut", "reunion", "rang", "pk")
    )


def est_mien(passage):
    """Confié à cette personne, ou à personne ; qui lit sans noter lit tout."""
    return bool(passage.designe or not passage.confie or not passage.note or passage.envoyee_le)


def file_de(utilisateur):
    """[Etape], la prochaine réunion d'abord."""
    membres = (
        MembreReunion.objects.filter(
            utilisateur=utilisateur, reunion__close_le=None, reunion__nature=Reunion.Nature.THEMATIQUE
        )
        .select_related("reunion")
        .order_by("reunion__debut", "reunion")
    )
    etapes = {membre.reunion_id: Etape(membre.reunion, membre.evalue) for membre in membres}
    for passage in passages_de(utilisateur):
        if etape := etapes.get(passage.reunion_id):
            (etape.miens if est_mien(passage) else etape.autres).append(_dossier(passage))
    return list(etapes.values())


def _dossier(passage):
    dossier = passage.dossier
    dossier.minutes = lecture.minutes_de_lecture(dossier)
    dossier.rang = passage.rang
    dossier.envoye_le, dossier.commence, dossier.reprise = passage.envoyee_le, passage.commencee, passage.reprise
    dossier.a_faire = bool(passage.note and dossier.etat == Etat.EN_EVALUATION and not passage.envoyee_le)
    return dossier


def prochain(etapes):
    """Le dossier par où reprendre : le premier qui attend ses notes, dans l'ordre des réunions."""
    return next((dossier for etape in etapes for dossier in etape.a_faire), None)


@dataclass(frozen=True)
class Voisins:
    """La place d'un dossier dans la file : le précédent, le suivant, et combien il y en a."""

    precedent: str = ""
    suivant: str = ""
    place: int = 0
    total: int = 0


def voisins(passages, dossier):
    """Les numéros qui entourent ce dossier dans ma file, toutes réunions ouvertes à la suite."""
    ouverts = [p for p in passages if not p.reunion.est_close]
    numeros = [p.dossier.numero for p in ouverts if est_mien(p) or p.dossier_id == dossier.pk]
    if dossier.numero not in numeros:
        return Voisins()
    place = numeros.index(dossier.numero)
    avant, apres = numeros[:place], numeros[place + 1 :]
    return Voisins(avant[-1] if avant else "", apres[0] if apres else "", place + 1, len(numeros))


def passages_de_la_file(utilisateur, aussi):
    """Pour les voisins de ce dossier : sans les textes, qui ne servent qu'au temps de lecture."""
    sans_textes = [f"dossier__{champ}" for champ in lecture.TEXTES]
    return list(
        passages_de(utilisateur, aussi).select_related(None).select_related("reunion", "dossier").defer(*sans_textes)
    )
