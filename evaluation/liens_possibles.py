"""Les liens possibles, lus en base : pour une personne parmi tous les organismes, pour l'agent dans une réunion."""

from collections import defaultdict, namedtuple
from dataclasses import dataclass, field
from itertools import islice

from comptes.models import Affectation, Membre, Organisme
from evaluation.liens import Contact, Fiche, Personne, Repertoire, normaliser
from evaluation.models import LienDeclare, LienEcarte

REPRESENTANT, CHARGE, COMPTE = (
    "la personne qui le représente",
    "la personne chargée de ses dossiers",
    "un membre de l’organisme",
)
# En dessous, une recherche rendrait tout le monde.
LETTRES_A_CHERCHER = 2
CHAMPS = (
    "pk", "nom", "sigle", "ville", "courriel", "site_web",
    "representant_prenom", "representant_nom", "representant_courriel",
    "charge_prenom", "charge_nom", "charge_courriel",
)  # fmt: skip

Ligne = namedtuple("Ligne", CHAMPS)


@dataclass
class LienPossible:
    """Ce qui peut lier une personne à un organisme, et ce qu'elle en a dit."""

    personne: object
    organisme: Organisme
    indices: list
    declare: bool = False
    ecarte: LienEcarte | None = None
    # Les dossiers de l'organisme dans la réunion, et ceux dont la personne est déjà écartée.
    dossiers: list = field(default_factory=list)
    ecartee: bool = False


def _fiches(organismes, comptes):
    """`comptes` : [(organisme, prénom, nom, courriel)] de ses membres."""
    membres = defaultdict(list)
    for cle, prenom, nom, courriel in comptes:
        membres[cle].append(Contact(COMPTE, f"{prenom} {nom}", courriel))
    for o in organismes:
        contacts = [
            Contact(REPRESENTANT, f"{o.representant_prenom} {o.representant_nom}", o.representant_courriel),
            Contact(CHARGE, f"{o.charge_prenom} {o.charge_nom}", o.charge_courriel),
            *membres[o.pk],
        ]
        yield Fiche(o.pk, (o.nom, o.sigle), tuple(contacts), (o.courriel,), o.site_web)


def _comptes(**lesquels):
    return Membre.objects.filter(**lesquels).values_list(
        "organisme_id", "utilisateur__prenom", "utilisateur__nom", "utilisateur__email"
    )


def _structures(utilisateurs):
    """{personne: les noms des structures qu'elle représente}"""
    structures = defaultdict(set)
    for utilisateur, nom in Affectation.objects.filter(
        utilisateur__in=utilisateurs, partenaire__isnull=False
    ).values_list("utilisateur_id", "partenaire__nom"):
        structures[utilisateur].add(nom)
    return structures


def _personne(utilisateur, structures):
    return Personne(utilisateur.pk, utilisateur.get_full_name(), utilisateur.email, tuple(sorted(structures - {""})))


def est_nouveau(indices, reponse):
    """Un indice que la personne n'avait pas sous les yeux quand elle a répondu que ce n'est pas le cas."""
    return reponse is None or not {indice.code for indice in indices} <= set(reponse.indices)


def indices_avec(utilisateur, organisme):
    """Les codes des indices qui rapprochent cette personne de cet organisme, aujourd'hui."""
    repertoire = Repertoire(_fiches([organisme], _comptes(organisme=organisme)))
    personne = _personne(utilisateur, _structures([utilisateur])[utilisateur.pk])
    return [indice.code for indice in repertoire.indices(personne).get(organisme.pk, [])]


def a_demander(utilisateur):
    """[LienPossible] parmi tous les organismes : ce que la personne n'a ni déclaré, ni écarté.

    Tous, qu'ils aient ou non déposé un dossier : la page ne dit rien des dossiers.
    """
    # Des lignes nues : à dix mille organismes, des objets entiers coûteraient plus que la comparaison.
    lignes = [Ligne(*valeurs) for valeurs in Organisme.objects.order_by().values_list(*CHAMPS).iterator()]
    repertoire = Repertoire(_fiches(lignes, _comptes()))
    trouves = repertoire.indices(_personne(utilisateur, _structures([utilisateur])[utilisateur.pk]))
    tus = set(utilisateur.ids_organismes) | set(
        LienDeclare.objects.filter(utilisateur=utilisateur, leve_le=None).values_list("organisme_id", flat=True)
    )
    reponses = {r.organisme_id: r for r in LienEcarte.objects.filter(utilisateur=utilisateur)}
    possibles = [
        LienPossible(utilisateur, Organisme(pk=ligne.pk, nom=ligne.nom, ville=ligne.ville), trouves[ligne.pk])
        for ligne in lignes
        if ligne.pk in trouves and ligne.pk not in tus and est_nouveau(trouves[ligne.pk], reponses.get(ligne.pk))
    ]
    return sorted(possibles, key=lambda possible: (possible.organisme.nom, possible.organisme.pk))


def chercher(texte, au_plus):
    """Les organismes dont le nom ou le sigle contient ces mots, sans accents ni casse ; parmi tous, dossiers ou non."""
    mots = normaliser(texte)
    if not any(len(mot) >= LETTRES_A_CHERCHER for mot in mots):
        return []
    noms = Organisme.objects.order_by("nom", "pk").values_list("pk", "nom", "sigle")
    trouves = (pk for pk, nom, sigle in noms.iterator() if _contient(normaliser(f"{nom} {sigle}"), mots))
    return list(islice(trouves, au_plus))


def _contient(noms, mots):
    return all(any(nom.startswith(mot) for nom in noms) for mot in mots)


def de_la_reunion(membres, dossiers, deports, appartenances):
    """[LienPossible] entre les membres d'une réunion et les organismes de ces dossiers, ce qui attend d'abord.

    `appartenances` : les comptes membres de ces organismes ; `deports` : ceux de ces dossiers.
    """
    organismes = {dossier.organisme_id: dossier.organisme for dossier in dossiers}
    par_organisme = defaultdict(list)
    for dossier in dossiers:
        par_organisme[dossier.organisme_id].append(dossier)
    ecartes = {(deport.utilisateur_id, deport.dossier_id) for deport in deports}
    comptes = [(m.organisme_id, m.utilisateur.prenom, m.utilisateur.nom, m.utilisateur.email) for m in appartenances]
    du_porteur = {(m.utilisateur_id, m.organisme_id) for m in appartenances}
    repertoire = Repertoire(_fiches(organismes.values(), comptes))
    personnes = [membre.utilisateur for membre in membres]
    structures = _structures(personnes)
    cles = {"utilisateur__in": personnes, "organisme__in": organismes}
    declares = set(LienDeclare.objects.filter(leve_le=None, **cles).values_list("utilisateur_id", "organisme_id"))
    reponses = {(r.utilisateur_id, r.organisme_id): r for r in LienEcarte.objects.filter(**cles)}
    possibles = []
    for membre in membres:
        qui = membre.utilisateur
        trouves = repertoire.indices(_personne(qui, structures[qui.pk] | {membre.structure}))
        for cle, indices in trouves.items():
            if (qui.pk, cle) in du_porteur:
                continue
            reponse = reponses.get((qui.pk, cle))
            possibles.append(
                LienPossible(
                    qui,
                    organismes[cle],
                    indices,
                    declare=(qui.pk, cle) in declares,
                    ecarte=None if est_nouveau(indices, reponse) else reponse,
                    dossiers=par_organisme[cle],
                    ecartee=all((qui.pk, dossier.pk) in ecartes for dossier in par_organisme[cle]),
                )
            )
    return sorted(possibles, key=lambda p: (p.declare or p.ecartee, p.ecarte is not None))
