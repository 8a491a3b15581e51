"""Le tableau de programmation : la source unique des chiffres.

L'écran, le classeur, le PDF et l'API lisent le même `Tableau`. Les colonnes sont déclarées une fois ; chaque total
est la somme exacte, au centime, des lignes filtrées, page affichée ou non.

Qui s'est déporté d'un dossier n'en lit que l'existence : une ligne masquée, à la fin. Le total et les enveloppes
restent ceux de l'appel (ADR 0009).
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import itemgetter
from typing import ClassVar, NamedTuple

from django.db.models import F, OuterRef, Subquery, Sum, TextChoices, Value
from django.db.models import IntegerField as Entier
from django.http import QueryDict
from django.utils.text import slugify

from appels.models import Appel, CritereEvaluation, Financeur, nommer_enjeu
from comptes.models import Organisme
from dossiers.budget import CENT, CHARGES, ZERO, pourcentage
from dossiers.etats import Etat, Issue
from dossiers.models import Cible, Dossier, Financement, LigneBudget
from evaluation.models import Avis, MontantPropose, Note
from programmation.convention import convention_requise
from programmation.models import Decision, Enveloppe, LigneProgrammation
from programmation.repartition import parts_egales

LIGNES_PAR_PAGE = 50
DIXIEME = Decimal("0.1")
NOTIFIES = (Etat.NOTIFIE, Etat.EN_COURS, Etat.BILAN_RENDU, Etat.CLOS)
PROGRAMMES = (Etat.PROGRAMME, Etat.DECIDE, *NOTIFIES)
AVEC_AVIS = (Etat.EVALUE, *PROGRAMMES)
ENTRENT = (Etat.RECEVABLE, Etat.EN_EVALUATION, *AVEC_AVIS)


class Fermete(TextChoices):
    """Ce que vaut un euro : de la demande au courrier."""

    SOLLICITE = "sollicite", "Sollicité"
    PROPOSE = "propose", "Proposé"
    PROGRAMME = "programme", "Programmé"
    VOTE = "vote", "Voté"
    NOTIFIE = "notifie", "Notifié"


class Groupement(TextChoices):
    ENJEU = "enjeu", "enjeu"
    QUARTIER = "quartier", "quartier"
    FINANCEUR = "financeur", "financeur"
    PORTEUR = "porteur", "type de porteur"
    AUCUN = "aucun", "rien"


class Situation(TextChoices):
    NOUVEAU = "nouveau", "Nouveau"
    RECONDUIT = "reconduit", "Reconduit"


@dataclass(frozen=True)
class Filtres:
    """Ce que l'adresse de la page demande ; une valeur inconnue est ignorée plutôt que refusée."""

    fermete: str = ""
    groupe: str = Groupement.ENJEU
    tri: str = "numero"
    page: int = 1
    enjeu: int | None = None
    quartier: int | None = None
    financeur: int | None = None
    etat: str = ""
    avis: str = ""
    situation: str = ""
    q: str = ""

    DEFAUTS: ClassVar = {"fermete": "", "groupe": Groupement.ENJEU, "tri": "numero", "page": 1}
    CRITERES: ClassVar = ("enjeu", "quartier", "financeur", "etat", "avis", "situation", "q")

    @classmethod
    def depuis(cls, requete):
        def parmi(cle, choix, defaut=""):
            return requete.get(cle) if requete.get(cle) in choix else defaut

        def entier(cle):
            valeur = requete.get(cle, "")
            return int(valeur) if valeur.isascii() and valeur.isdigit() and len(valeur) < 12 else None

        return cls(
            fermete=parmi("fermete", Fermete.values),
            groupe=parmi("groupe", Groupement.values, Groupement.ENJEU),
            tri=requete.get("tri", "numero")[:24],
            page=max(entier("page") or 1, 1),
            enjeu=entier("enjeu"),
            quartier=entier("quartier"),
            financeur=entier("financeur"),
            etat=parmi("etat", ENTRENT),
            avis=parmi("avis", Avis.Sens.values),
            situation=parmi("situation", Situation.values),
            q=requete.get("q", "").strip()[:80],
        )

    @property
    def actifs(self):
        return [critere for critere in self.CRITERES if getattr(self, critere)]

    def requete(self, **changements):
        """L'adresse (après « ? ») de la même vue avec ces changements ; changer un filtre ramène à la page 1."""
        if changements and "page" not in changements:
            changements["page"] = 1
        vue = replace(self, **changements)
        requete = QueryDict(mutable=True)
        for cle in (*self.DEFAUTS, *self.CRITERES):
            valeur = getattr(vue, cle)
            if valeur not in (None, "") and valeur != self.DEFAUTS.get(cle):
                requete[cle] = str(valeur)
        return requete.urlencode()


@dataclass(frozen=True)
class Colonne:
    """Une colonne, déclarée une fois pour toutes les sorties."""

    cle: str
    libelle: str
    genre: str = "texte"  # texte, montant, nombre, taux
    agregat: str = ""  # somme, taux
    surtitre: str = ""
    financeur: Financeur | None = None
    retenu: bool = False
    ecran: bool = True
    largeur: int = 12

    @property
    def a_droite(self):
        return self.genre != "texte"

    @property
    def titre(self):
        return f"{self.surtitre} · {self.libelle}" if self.surtitre else self.libelle


@dataclass(frozen=True)
class Ligne:
    """Un dossier ; groupé par quartier ou par financeur, la part qui revient au groupe (`parts` > 1)."""

    dossier_id: int
    numero: str
    etat: str
    groupe: str
    valeurs: dict
    versions: dict = field(default_factory=dict)
    parts: int = 1


@dataclass(frozen=True)
class Groupe:
    cle: str
    libelle: str
    nombre: int
    totaux: dict
    lignes: tuple = ()
    suite: bool = False  # a commencé sur une page précédente
    fini: bool = True  # sa dernière ligne est sur cette page


@dataclass(frozen=True)
class EtatEnveloppe:
    """Une enveloppe devant ce qui en est pris, sur tout l'appel : un filtre n'y change rien."""

    financeur: Financeur
    montant: Decimal | None
    consomme: Decimal

    @property
    def reste(self):
        return None if self.montant is None else self.montant - self.consomme

    @property
    def depassement(self):
        return max(-self.reste, ZERO) if self.montant is not None else ZERO

    @property
    def part(self):
        """Entre 0 et 100, pour la jauge."""
        if not self.montant:
            return 100 if self.consomme and self.montant is not None else 0
        return min(int(self.consomme * 100 / self.montant), 100)


@dataclass(frozen=True)
class Tableau:
    appel: Appel
    filtres: Filtres
    fermete: Fermete
    financeurs: tuple
    colonnes: tuple
    groupes: tuple
    total: dict
    enveloppes: tuple
    nombre: int
    nombre_appel: int
    # Les dossiers dont la personne s'est déportée : comptés dans le total, sauf sous un filtre, qui en dirait trop.
    masques: int
    etats: dict
    options: dict
    page: int
    pages: int

    @property
    def colonnes_ecran(self):
        return [c for c in self.colonnes if c.ecran]

    @property
    def masques_comptes(self):
        return 0 if self.filtres.actifs else self.masques

    @property
    def masques_ici(self):
        """Ceux que cette page montre : ils ferment le tableau."""
        return self.masques_comptes if self.page == self.pages else 0

    @property
    def lignes(self):
        return [ligne for groupe in self.groupes for ligne in groupe.lignes]

    def groupe(self, cle):
        return next((g for g in self.groupes if g.cle == cle), None)


class _Brut(NamedTuple):
    pk: int
    numero: str
    etat: str
    organisme_id: int
    porteur: str
    type_porteur: str
    intitule: str
    renouvelle_id: int | None
    beneficiaires: int | None
    part_qpv: int | None
    avis: str | None
    cout: Decimal | None
    accorde_n1: Decimal | None


class _Cle(NamedTuple):
    """L'ordre d'un groupe, son identifiant dans la page, son titre."""

    ordre: tuple
    cle: str
    libelle: str


def dossiers_du_tableau(appel):
    """Les dossiers comptés : ni brouillons, ni irrecevables, ni retirés."""
    return Dossier.objects.filter(appel=appel, etat__in=ENTRENT).exclude(issue=Issue.IRRECEVABLE)


def _ecarter(bruts, utilisateur):
    """(les dossiers que la personne lit, ceux dont elle s'est déportée)."""
    if utilisateur is None:
        return bruts, []
    deportes = set(Dossier.objects.filter(deports__utilisateur=utilisateur).values_list("pk", flat=True))
    # L'an passé d'un dossier lisible ne raconte pas celui qui ne l'est pas.
    lus = [b._replace(accorde_n1=None) if b.renouvelle_id in deportes else b for b in bruts if b.pk not in deportes]
    return lus, [b for b in bruts if b.pk in deportes]


def lire(appel, filtres=None, *, utilisateur=None, tout=False):
    """Lit le tableau en un nombre constant de requêtes ; `tout` : toutes les lignes, pour les exports."""
    filtres = filtres or Filtres()
    financeurs = tuple(
        appel.financeurs.annotate(
            enveloppe=Subquery(
                Enveloppe.objects.filter(appel=appel, financeur=OuterRef("pk")).order_by().values("montant")[:1]
            )
        )
    )
    bruts = _charger_dossiers(dossiers_du_tableau(appel))
    bruts, masques = _ecarter(bruts, utilisateur)
    fermete = Fermete(filtres.fermete or _fermete_par_defaut({b.etat for b in bruts}))
    cibles = _charger_cibles(appel)
    montants, versions = _charger_montants(appel, fermete, {b.pk for b in (*bruts, *masques)}, financeurs)
    colonnes = _colonnes(financeurs, fermete, _vivants(montants), any(b.accorde_n1 for b in (*bruts, *masques)))
    gardes = [b for b in bruts if _passe(b, filtres, cibles.get(b.pk, ()), montants[b.pk])]
    notes = noter(appel) if filtres.tri.lstrip("-") == "note" or tout else None
    lignes = _ranger(gardes, filtres, fermete, financeurs, cibles, montants, notes)

    par_groupe = {}
    for cle, _tri, _brut, sommes, _parts in lignes:
        nombre, totaux, libelle = par_groupe.get(cle.cle, (0, {}, cle.libelle))
        _ajouter(totaux, sommes)
        par_groupe[cle.cle] = (nombre + 1, totaux, libelle)
    total = {}
    for brut in gardes if filtres.actifs else (*gardes, *masques):
        _ajouter(total, _sommer(brut, montants))
    _terminer(total, colonnes, fermete)

    pages = max(-(-len(lignes) // LIGNES_PAR_PAGE), 1)
    page = 1 if tout else min(filtres.page, pages)
    debut, fin = (0, len(lignes)) if tout else ((page - 1) * LIGNES_PAR_PAGE, page * LIGNES_PAR_PAGE)
    visibles = lignes[debut:fin]
    if notes is None:
        notes = noter(appel, [li[2].pk for li in visibles])
    cumuls = _cumuls(appel, fermete, None if tout else {li[2].organisme_id for li in visibles})
    for _, totaux, _ in par_groupe.values():
        _terminer(totaux, colonnes, fermete, partage=filtres.groupe == Groupement.FINANCEUR)
    groupes = _grouper(lignes, debut, visibles, par_groupe, fermete, cibles, notes, cumuls, versions)

    return Tableau(
        appel=appel,
        filtres=filtres,
        fermete=fermete,
        financeurs=financeurs,
        colonnes=colonnes,
        groupes=groupes,
        total=total,
        enveloppes=tuple(
            EtatEnveloppe(f, f.enveloppe, _consomme(montants, _cle_consommee(f, fermete))) for f in financeurs
        ),
        nombre=len(gardes) + (0 if filtres.actifs else len(masques)),
        nombre_appel=len(bruts) + len(masques),
        masques=len(masques),
        etats=_compter(b.etat for b in bruts),
        options=_options(bruts, {b.pk: cibles[b.pk] for b in bruts if b.pk in cibles}, financeurs),
        page=page,
        pages=1 if tout else pages,
    )


def noter(appel, dossiers=None):
    """La note sur 100 de chaque dossier qui a reçu un avis : la moyenne des évaluations envoyées."""
    notes = Note.objects.filter(
        evaluation__dossier__appel=appel,
        evaluation__dossier__etat__in=AVEC_AVIS,
        evaluation__envoyee_le__isnull=False,
    )
    if dossiers is not None:
        notes = notes.filter(evaluation__dossier__in=dossiers)
    sommes = (
        notes.order_by()
        .values_list("evaluation__dossier")
        .annotate(points=Sum(F("critere__poids") * F("valeur")), poids=Sum("critere__poids"))
    )
    return {
        dossier: (Decimal(points) * 100 / (poids * CritereEvaluation.NIVEAU_MAX)).quantize(DIXIEME)
        for dossier, points, poids in sommes
        if poids
    }


def _fermete_par_defaut(etats):
    if etats.intersection(PROGRAMMES):
        return Fermete.PROGRAMME
    return Fermete.PROPOSE if Etat.EVALUE in etats else Fermete.SOLLICITE


def _charger_dossiers(dossiers):
    couts = (
        LigneBudget.objects.filter(dossier=OuterRef("pk"), sens="C", compte__in=CHARGES)
        .order_by()
        .values("dossier")
        .annotate(somme=Sum("montant"))
        .values("somme")
    )
    accordes = (
        Decision.objects.filter(dossier=OuterRef("renouvelle"), sens=Decision.Sens.ACCORDE)
        .order_by()
        .values("dossier")
        .annotate(somme=Sum("montant"))
        .values("somme")
    )
    valeurs = dossiers.order_by("pk").values_list(
        "pk",
        "numero",
        "etat",
        "organisme_id",
        "organisme__nom",
        "organisme__type",
        "intitule",
        "renouvelle_id",
        "nb_beneficiaires",
        "part_qpv",
        "avis__sens",
        Subquery(couts),
        Subquery(accordes),
    )
    return [_Brut._make(v) for v in valeurs]


def _charger_cibles(appel):
    """Par dossier, ses cibles dans l'ordre : (enjeu, objectif, quartier)."""
    cibles = {}
    for dossier, *cible in (
        Cible.objects.filter(dossier__appel=appel, dossier__etat__in=ENTRENT)
        .order_by("ordre", "pk")
        .values_list(
            "dossier_id",
            "objectif__strategique__enjeu_id",
            "objectif__strategique__enjeu__numero",
            "objectif__strategique__enjeu__titre",
            "objectif__texte",
            "quartier_id",
            "quartier__ordre",
            "quartier__nom",
        )
    ):
        cibles.setdefault(dossier, []).append(_Cible._make(cible))
    return cibles


class _Cible(NamedTuple):
    enjeu_id: int
    enjeu_numero: int
    enjeu_titre: str
    objectif: str
    quartier_id: int
    quartier_ordre: int
    quartier: str

    @property
    def enjeu(self):
        return nommer_enjeu(self.enjeu_numero, self.enjeu_titre)


def _retenus(fermete):
    """Les lignes d'argent de cette fermeté : (jeu de lignes, chemin vers le dossier, champ, version)."""
    version = Value(0, output_field=Entier())
    if fermete == Fermete.SOLLICITE:
        return Financement.objects.filter(dossier__etat__in=ENTRENT), "dossier", "montant_demande", version
    if fermete == Fermete.PROPOSE:
        return MontantPropose.objects.filter(avis__dossier__etat__in=AVEC_AVIS), "avis__dossier", "montant", version
    if fermete == Fermete.PROGRAMME:
        return LigneProgrammation.objects.filter(dossier__etat__in=PROGRAMMES), "dossier", "montant", F("version")
    if fermete == Fermete.VOTE:
        return Decision.objects.all(), "dossier", "montant", version
    return Decision.objects.filter(dossier__etat__in=NOTIFIES), "dossier", "montant", version


def _charger_montants(appel, fermete, dossiers, financeurs):
    """Par dossier, ce qui s'additionne ; un montant absent n'est pas un zéro."""
    rangs = {f.pk for f in financeurs}
    montants, versions = {pk: {} for pk in dossiers}, {}
    demandes = Financement.objects.filter(dossier__appel=appel, dossier__etat__in=ENTRENT)
    for dossier, financeur, montant in demandes.order_by().values_list("dossier_id", "financeur_id", "montant_demande"):
        if dossier in montants and financeur in rangs:
            sommes = montants[dossier]
            sommes[f"d{financeur}"] = montant
            sommes["total_demande"] = sommes.get("total_demande", ZERO) + montant
    if fermete != Fermete.SOLLICITE:
        jeu, chemin, champ, version = _retenus(fermete)
        lignes = jeu.filter(**{f"{chemin}__appel": appel}).order_by()
        for dossier, financeur, montant, numero in lignes.values_list(f"{chemin}_id", "financeur_id", champ, version):
            if dossier in montants and financeur in rangs:
                sommes = montants[dossier]
                sommes[f"r{financeur}"] = montant
                sommes["total_retenu"] = sommes.get("total_retenu", ZERO) + montant
                versions.setdefault(dossier, {})[financeur] = numero
    return montants, versions


def _cumuls(appel, fermete, organismes):
    """Ce que chaque organisme reçoit de la collectivité dans l'année, tous appels confondus, à cette fermeté."""
    jeu, chemin, champ, _ = _retenus(fermete)
    meme = {f"{chemin}__appel__collectivite": appel.collectivite_id, f"{chemin}__appel__annee": appel.annee}
    jeu = jeu.filter(**meme).exclude(**{f"{chemin}__issue": Issue.IRRECEVABLE})
    if organismes is not None:
        jeu = jeu.filter(**{f"{chemin}__organisme__in": organismes})
    return {
        organisme: somme.quantize(CENT)
        for organisme, somme in jeu.order_by().values_list(f"{chemin}__organisme").annotate(somme=Sum(champ))
    }


def _vivants(montants):
    """Les colonnes où l'appel a au moins un montant."""
    return {cle for sommes in montants.values() for cle, montant in sommes.items() if montant}


def _colonnes(financeurs, fermete, vivants, reconduits):
    """La déclaration unique des colonnes. L'écran et le papier taisent celles où l'appel entier n'a rien."""
    colonnes = [
        Colonne("numero", "N°", largeur=16),
        Colonne("porteur", "Porteur", largeur=28),
        Colonne("intitule", "Action", ecran=False, largeur=40),
        Colonne("type_porteur", "Type de porteur", ecran=False, largeur=16),
        Colonne("enjeu", "Enjeu", ecran=False, largeur=30),
        Colonne("objectif", "Objectif", ecran=False, largeur=40),
        Colonne("quartiers", "Quartiers", largeur=24),
        Colonne("beneficiaires", "Bénéficiaires", "nombre", ecran=False),
        Colonne("part_qpv", "Public QPV (%)", "nombre", ecran=False),
        Colonne("note", "Note", "nombre", largeur=8),
        Colonne("avis", "Avis", largeur=22),
        Colonne("cout", "Coût total", "montant", "somme", largeur=14),
        Colonne("accorde_n1", "Accordé N − 1", "montant", "somme", ecran=reconduits, largeur=14),
    ]
    libelle = fermete.label.lower()
    for f in financeurs:
        vu = bool(vivants & {f"d{f.pk}", f"r{f.pk}"})
        colonnes.append(Colonne(f"d{f.pk}", "demandé", "montant", "somme", f.sigle, f, ecran=vu, largeur=14))
        if fermete != Fermete.SOLLICITE:
            colonnes.append(
                Colonne(f"r{f.pk}", libelle, "montant", "somme", f.sigle, f, retenu=True, ecran=vu, largeur=14)
            )
    colonnes.append(Colonne("total_demande", "demandé", "montant", "somme", "Total", largeur=14))
    if fermete != Fermete.SOLLICITE:
        colonnes.append(Colonne("total_retenu", libelle, "montant", "somme", "Total", retenu=True, largeur=14))
    colonnes += [
        Colonne("taux", "% du coût", "taux", "taux", largeur=10),
        Colonne("convention", "Convention", largeur=12),
        Colonne("situation", "Situation", largeur=12),
        Colonne("etat", "Avancement", largeur=14),
    ]
    return tuple(colonnes)


def _cle_consommee(financeur, fermete):
    return f"d{financeur.pk}" if fermete == Fermete.SOLLICITE else f"r{financeur.pk}"


def _consomme(montants, cle):
    return sum((sommes[cle] for sommes in montants.values() if cle in sommes), ZERO)


def _passe(brut, filtres, cibles, montants):
    if filtres.enjeu and not (cibles and cibles[0].enjeu_id == filtres.enjeu):
        return False
    if filtres.quartier and filtres.quartier not in {c.quartier_id for c in cibles}:
        return False
    if filtres.financeur and not (f"d{filtres.financeur}" in montants or montants.get(f"r{filtres.financeur}")):
        return False
    if filtres.etat and brut.etat != filtres.etat:
        return False
    if filtres.avis and brut.avis != filtres.avis:
        return False
    if filtres.situation and filtres.situation != _situation(brut):
        return False
    if filtres.q:
        texte = slugify(f"{brut.numero} {brut.porteur} {brut.intitule}")
        return all(mot in texte for mot in slugify(filtres.q).split("-") if mot)
    return True


def _situation(brut):
    return Situation.RECONDUIT if brut.renouvelle_id else Situation.NOUVEAU


def _quartiers(cibles):
    """Les quartiers distincts, dans l'ordre des cibles."""
    return list({c.quartier_id: c for c in cibles}.values())


def _partager(brut, groupement, financeurs, cibles, sommes):
    """Les groupes du dossier, et la part de chacun : (groupe, sommes, nombre de parts)."""
    if groupement == Groupement.QUARTIER:
        quartiers = _quartiers(cibles)
        if len(quartiers) > 1:
            parts = {cle: parts_egales(montant, len(quartiers)) for cle, montant in sommes.items()}
            return [
                (
                    _Cle((0, c.quartier_ordre, c.quartier), f"q{c.quartier_id}", c.quartier),
                    {cle: part[rang] for cle, part in parts.items()},
                    len(quartiers),
                )
                for rang, c in enumerate(quartiers)
            ]
        if quartiers:
            c = quartiers[0]
            return [(_Cle((0, c.quartier_ordre, c.quartier), f"q{c.quartier_id}", c.quartier), sommes, 1)]
        return [(_Cle((1,), "q0", "Quartier à préciser"), sommes, 1)]
    if groupement == Groupement.FINANCEUR:
        vus = [f for f in financeurs if f"d{f.pk}" in sommes or sommes.get(f"r{f.pk}")]
        if not vus:
            return [(_Cle((1,), "f0", "Aucun financeur sollicité"), sommes, 1)]
        return [
            (_Cle((0, rang), f"f{f.pk}", f.nom), _part_du_financeur(f, sommes), len(vus))
            for rang, f in enumerate(financeurs)
            if f in vus
        ]
    if groupement == Groupement.PORTEUR:
        libelle = Organisme.Type(brut.type_porteur).label
        return [(_Cle((libelle,), f"p-{brut.type_porteur}", libelle), sommes, 1)]
    if groupement == Groupement.AUCUN:
        return [(_Cle((0,), "tous", ""), sommes, 1)]
    if cibles:
        c = cibles[0]
        return [(_Cle((0, c.enjeu_numero, c.enjeu_id), f"e{c.enjeu_id}", c.enjeu), sommes, 1)]
    return [(_Cle((1,), "e0", "Enjeu à préciser"), sommes, 1)]


def _part_du_financeur(financeur, sommes):
    """Ses colonnes seulement ; le coût et l'année précédente ne se partagent pas entre financeurs."""
    part = {}
    for prefixe, total in (("d", "total_demande"), ("r", "total_retenu")):
        if (montant := sommes.get(f"{prefixe}{financeur.pk}")) is not None:
            part[f"{prefixe}{financeur.pk}"] = part[total] = montant
    return part


def _sommer(brut, montants):
    """Tout ce qui s'additionne d'un dossier : ce qu'il demande et reçoit, son coût, l'accord de l'an passé."""
    sommes = montants[brut.pk]
    if brut.cout is not None:
        sommes["cout"] = brut.cout.quantize(CENT)
    if brut.accorde_n1 is not None:
        sommes["accorde_n1"] = brut.accorde_n1.quantize(CENT)
    return sommes


def _ranger(gardes, filtres, fermete, financeurs, cibles, montants, notes):
    """Toutes les lignes filtrées, groupées et triées : (groupe, clé de tri, dossier, sommes, parts)."""
    tri, decroissant = filtres.tri.lstrip("-"), filtres.tri.startswith("-")
    lignes = []
    for brut in gardes:
        sommes = _sommer(brut, montants)
        for cle, part, parts in _partager(brut, filtres.groupe, financeurs, cibles.get(brut.pk, ()), sommes):
            lignes.append((cle, _valeur_de_tri(tri, brut, part, notes, fermete), brut, part, parts))
    # Tris stables, du moins fort au plus fort ; ce qui manque va à la fin, dans les deux sens.
    lignes.sort(key=lambda li: li[2].pk)
    lignes.sort(key=lambda li: (li[1] is not None, li[1] if li[1] is not None else 0), reverse=decroissant)
    if not decroissant:
        lignes.sort(key=lambda li: li[1] is None)
    lignes.sort(key=lambda li: li[0].ordre)
    return lignes


def _valeur_de_tri(tri, brut, sommes, notes, fermete):
    if tri == "note":
        return notes.get(brut.pk)
    if tri in ("porteur", "intitule"):
        return slugify(getattr(brut, tri))
    if tri == "etat":
        return ENTRENT.index(brut.etat)
    if tri == "avis":
        return Avis.Sens.values.index(brut.avis) if brut.avis else None
    if tri == "situation":
        return _situation(brut).value
    if tri == "taux":
        return _taux(sommes, fermete)
    if tri in ("cout", "accorde_n1", "total_demande", "total_retenu") or tri[:1] in ("d", "r"):
        return sommes.get(tri)
    return brut.numero


def _ajouter(totaux, sommes):
    for cle, montant in sommes.items():
        totaux[cle] = totaux.get(cle, ZERO) + montant


def _taux(sommes, fermete):
    cout = sommes.get("cout")
    if not cout:
        return None
    retenu = sommes.get("total_demande" if fermete == Fermete.SOLLICITE else "total_retenu")
    return None if retenu is None else pourcentage(retenu, cout)


def _terminer(totaux, colonnes, fermete, partage=False):
    """Complète un total : zéro là où rien ne s'additionne, et les taux. `partage` : le groupe d'un seul financeur."""
    for colonne in colonnes:
        if partage and not colonne.surtitre:
            totaux[colonne.cle] = None
        elif colonne.agregat == "somme":
            totaux.setdefault(colonne.cle, ZERO)
            totaux[colonne.cle] = totaux[colonne.cle].quantize(CENT)
    totaux["taux"] = _taux(totaux, fermete)


def _grouper(lignes, debut, visibles, par_groupe, fermete, cibles, notes, cumuls, versions):
    suivante = lignes[debut + len(visibles)][0].cle if debut + len(visibles) < len(lignes) else None
    precedente = lignes[debut - 1][0].cle if debut else None
    dans_la_page = {}
    for ligne in visibles:
        dans_la_page.setdefault(ligne[0].cle, []).append(ligne)
    return tuple(
        Groupe(
            cle=cle,
            libelle=par_groupe[cle][2],
            nombre=par_groupe[cle][0],
            totaux=par_groupe[cle][1],
            lignes=tuple(_ligne(li, fermete, cibles, notes, cumuls, versions) for li in groupe),
            suite=cle == precedente,
            fini=cle != suivante,
        )
        for cle, groupe in dans_la_page.items()
    )


def _ligne(ligne, fermete, cibles, notes, cumuls, versions):
    cle, _, brut, sommes, parts = ligne
    vises = cibles.get(brut.pk, ())
    return Ligne(
        dossier_id=brut.pk,
        numero=brut.numero,
        etat=brut.etat,
        groupe=cle.cle,
        parts=parts,
        versions=versions.get(brut.pk, {}),
        valeurs={
            "numero": brut.numero,
            "porteur": brut.porteur,
            "intitule": brut.intitule,
            "type_porteur": Organisme.Type(brut.type_porteur).label,
            "enjeu": vises[0].enjeu if vises else "",
            "objectif": vises[0].objectif if vises else "",
            "quartiers": ", ".join(c.quartier for c in _quartiers(vises)),
            "situation": _situation(brut).label,
            "etat": Etat(brut.etat).label,
            "beneficiaires": brut.beneficiaires,
            "part_qpv": brut.part_qpv,
            "note": notes.get(brut.pk),
            "avis": Avis.Sens(brut.avis).label if brut.avis else "",
            "convention": "Oui" if convention_requise(cumuls.get(brut.organisme_id, ZERO)) else "Non",
            "taux": _taux(sommes, fermete),
            **sommes,
        },
    )


def _compter(valeurs):
    comptes = {}
    for valeur in valeurs:
        comptes[valeur] = comptes.get(valeur, 0) + 1
    return comptes


def _options(bruts, cibles, financeurs):
    """Ce que les filtres proposent : seulement ce qui existe dans l'appel."""
    enjeux, quartiers = {}, {}
    for vises in cibles.values():
        enjeux[vises[0].enjeu_numero, vises[0].enjeu_id] = vises[0].enjeu
        for c in vises:
            quartiers[c.quartier_ordre, c.quartier, c.quartier_id] = c.quartier
    return {
        "enjeu": [(cle[1], libelle) for cle, libelle in sorted(enjeux.items(), key=itemgetter(0))],
        "quartier": [(cle[2], libelle) for cle, libelle in sorted(quartiers.items(), key=itemgetter(0))],
        "financeur": [(f.pk, f.sigle) for f in financeurs],
        "etat": [(e.value, e.label) for e in ENTRENT if any(b.etat == e for b in bruts)],
        "avis": [(s.value, s.label) for s in Avis.Sens if any(b.avis == s for b in bruts)],
        "situation": Situation.choices,
    }
