"""Un dossier en une page : qui, où, pour qui, combien, l'an passé, ce qui a changé."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects

from appels.presentation import portraits
from dossiers.budget import Totaux, pourcentage, totaux_du_dossier
from dossiers.comparaison import differences
from dossiers.memoire import an_passe_ferme_a
from dossiers.models import Cible, CopieDeposee, Dossier, Financement
from evaluation.models import MembreReunion

QUARTIERS_MAX, CHIFFRES_PAR_QUARTIER, CHANGEMENTS_MAX, COURT = 3, 3, 8, 60
AGES = (
    ("age_0_5", "moins de 6 ans"), ("age_6_15", "6 à 15 ans"), ("age_16_25", "16 à 25 ans"),
    ("age_26_49", "26 à 49 ans"), ("age_50_64", "50 à 64 ans"), ("age_65", "65 ans et plus"),
)  # fmt: skip


class Demande(NamedTuple):
    """Ce qui est demandé à un financeur, et ce que la même action lui demandait et en a obtenu l'an passé."""

    financeur: str
    montant: Decimal
    part: Decimal | None
    demande_avant: Decimal | None
    obtenu_avant: Decimal | None


class Changement(NamedTuple):
    """`avant` et `apres` : vides quand le texte est trop long pour une page."""

    libelle: str
    avant: str
    apres: str


@dataclass
class LAnPasse:
    annee: int
    numero: str
    decide: bool
    obtenu: Decimal
    depense: Decimal | None
    beneficiaires_prevus: int | None
    beneficiaires: Decimal | None
    reserves: list
    changements: list
    autres_changements: int


@dataclass
class Synthese:
    dossier: Dossier
    totaux: Totaux
    demandes: list
    cout_par_personne: Decimal | None
    ages: list
    portraits: list
    autres_quartiers: int
    avant: LAnPasse | None


def synthese_de(dossier):
    """La synthèse d'un dossier déjà lu avec `renouvelle__appel`, en un nombre fixe de requêtes."""
    ancien = dossier.renouvelle
    lus = [d for d in (dossier, ancien) if d]
    prefetch_related_objects(
        lus,
        Prefetch(
            "cibles",
            Cible.objects.select_related("objectif__strategique__enjeu", "quartier").defer("quartier__contour"),
        ),
        Prefetch("financements", Financement.objects.select_related("financeur")),
        "lignes_budget",
    )
    obtenus = {}
    if ancien:
        prefetch_related_objects(lus, "indicateurs")
        prefetch_related_objects([ancien], "realisations", "decisions")
        prefetch_related_objects([dossier], "reserves_reprises")
        # Ce qui est accordé ne se dit qu'une fois notifié.
        obtenus = {d.financeur_id: d.montant for d in ancien.decisions.all()} if ancien.notifie_le else {}
    totaux = totaux_du_dossier(dossier)
    quartiers = dossier.quartiers
    return Synthese(
        dossier=dossier,
        totaux=totaux,
        demandes=_demandes(dossier, ancien, totaux, obtenus),
        cout_par_personne=totaux.charges / dossier.nb_beneficiaires if dossier.nb_beneficiaires else None,
        ages=[(libelle, nombre) for champ, libelle in AGES if (nombre := getattr(dossier, champ))],
        portraits=[_abrege(portrait) for portrait in portraits(quartiers[:QUARTIERS_MAX])] if quartiers else [],
        autres_quartiers=max(0, len(quartiers) - QUARTIERS_MAX),
        avant=_l_an_passe(ancien, dossier, obtenus) if ancien else None,
    )


def _demandes(dossier, ancien, totaux, obtenus):
    avant = {f.financeur_id: f.montant_demande for f in ancien.financements.all()} if ancien else {}
    return [
        Demande(
            f.financeur.nom,
            f.montant_demande,
            pourcentage(f.montant_demande, totaux.charges) if totaux.charges else None,
            avant.get(f.financeur_id),
            obtenus.get(f.financeur_id),
        )
        for f in dossier.financements.all()
    ]


def _abrege(portrait):
    return portrait._replace(
        chiffres=portrait.chiffres[:CHIFFRES_PAR_QUARTIER],
        fragilites=portrait.fragilites[:2],
        appuis=portrait.appuis[:2],
    )


def _l_an_passe(ancien, dossier, obtenus):
    realise = {r.cle: r.valeur for r in ancien.realisations.all()}
    depenses = [valeur for cle, valeur in realise.items() if cle.startswith("C:") and not cle.startswith("C:86")]
    changements = [
        Changement(d.libelle, d.avant, d.apres)
        if max(len(d.avant), len(d.apres)) <= COURT
        else Changement(d.libelle, "", "")
        for d in differences(ancien, dossier)
    ]
    # Les chiffres disent plus en une ligne qu'un texte récrit.
    changements.sort(key=lambda changement: not changement.avant)
    return LAnPasse(
        annee=ancien.appel.annee,
        numero=ancien.numero,
        decide=bool(ancien.notifie_le),
        obtenu=sum(obtenus.values(), Decimal(0)),
        depense=sum(depenses, Decimal(0)) if depenses else None,
        beneficiaires_prevus=ancien.nb_beneficiaires,
        beneficiaires=realise.get("nb_beneficiaires"),
        reserves=list(dossier.reserves_reprises.all()),
        changements=changements[:CHANGEMENTS_MAX],
        autres_changements=max(0, len(changements) - CHANGEMENTS_MAX),
    )


def dossiers_a_lire(utilisateur):
    """Ceux d'une réunion, que la personne lit comme membre ou conduit comme agent ; jamais après un déport."""
    return (
        Dossier.objects.visibles_par(utilisateur)
        .filter(
            Q(passages__reunion__membres__utilisateur=utilisateur)
            | Q(pk__in=Dossier.objects.instruits_par(utilisateur).values("pk"), passages__isnull=False)
        )
        .exclude(deports__utilisateur=utilisateur)
        .annotate(
            convie=Exists(
                MembreReunion.objects.filter(reunion__passages__dossier=OuterRef("pk"), utilisateur=utilisateur)
            ),
            a_une_copie=Exists(CopieDeposee.objects.filter(dossier=OuterRef("pk"))),
            an_passe_ferme=an_passe_ferme_a(utilisateur),
        )
        .select_related("appel", "organisme", "renouvelle__appel")
        .distinct()
    )
