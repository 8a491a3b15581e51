"""Changer les réglages d'un appel : ce qui est gelé, ce qui demande confirmation parce que des dossiers existent."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from appels.coherence import incoherences
from appels.operations.refus import AConfirmer, OperationRefusee, verrouiller
from appels.sections import CODES
from journal.publication import publier

CALENDRIER = ("annee", "code", "intitule", "presentation", "ouvre_le", "cloture_le", "periode_reunions",
              "periode_decision")  # fmt: skip
REGLES = ("montant_min", "montant_max", "taux_max_public", "benevolat_dans_assiette", "taux_horaire_benevolat",
          "annee_scolaire", "pluriannuel_max")  # fmt: skip
FORMULAIRE = ("sections", "seuil_simplifie", "pre_projet_delai_jours")
CHAMPS = {*CALENDRIER, *REGLES, *FORMULAIRE}
# Le code entre dans le numéro des dossiers : il ne change plus dès qu'il y en a un.
GELES_PAR_UN_DOSSIER = {"annee", "code"}
# La part publique de chacun se calcule sur la même assiette : elle ne change plus dès qu'un dossier est déposé.
GELES_PAR_UN_DEPOT = {"benevolat_dans_assiette", "taux_horaire_benevolat"}
PHRASE_DOSSIER = "Des dossiers sont déjà ouverts : l’année et le code figurent dans leur numéro et ne changent plus."
PHRASE_DEPOT = "Des dossiers sont déjà déposés : le bénévolat se compte de la même façon pour tous et ne change plus."


def deposes(appel):
    """Les dossiers que leur porteur ne peut plus adapter à une règle nouvelle."""
    return appel.dossiers.filter(depose_le__isnull=False)


def champs_geles(appel):
    """{champ: phrase} : ce que les dossiers existants empêchent de changer."""
    if not appel.dossiers.exists():
        return {}
    geles = dict.fromkeys(GELES_PAR_UN_DOSSIER, PHRASE_DOSSIER)
    if deposes(appel).exists():
        geles |= dict.fromkeys(GELES_PAR_UN_DEPOT, PHRASE_DEPOT)
    return geles


@transaction.atomic
def modifier_appel(appel, *, par, confirme=False, **champs):
    """Change des réglages. Lève AConfirmer si une règle se resserre alors que des dossiers la dépassent."""
    appel = verrouiller(appel, par)
    avant = {nom: getattr(appel, nom) for nom in champs}
    ecrire(appel, champs)
    changes = sorted(nom for nom, valeur in avant.items() if getattr(appel, nom) != valeur)
    if not changes:
        return appel
    if gele := next((phrase for nom, phrase in champs_geles(appel).items() if nom in changes), None):
        raise OperationRefusee(gele)
    if appel.publie_le and (manques := incoherences(appel)):
        raise OperationRefusee(manques[0][0])
    appel.full_clean()
    if not confirme and (effets := effets_sur_les_dossiers(appel, {nom: avant[nom] for nom in changes})):
        raise AConfirmer(effets)
    appel.save(update_fields=changes)
    publier(
        "appel.modifier",
        appel,
        par=par,
        champs={nom: [_lisible(avant[nom]), _lisible(getattr(appel, nom))] for nom in changes},
    )
    return appel


def effets_sur_les_dossiers(appel, avant):
    """Ce que change, pour les dossiers déjà écrits, le passage des valeurs `avant` à celles de l'appel."""
    demandes = appel.dossiers.annotate(demande=Sum("financements__montant_demande"))
    effets = []
    if "montant_max" in avant and appel.montant_max is not None and _baisse(avant["montant_max"], appel.montant_max):
        effets.append((demandes.filter(demande__gt=appel.montant_max), "demandent plus que le nouveau maximum"))
    if "montant_min" in avant and avant["montant_min"] < appel.montant_min:
        effets.append((demandes.filter(demande__lt=appel.montant_min), "demandent moins que le nouveau minimum"))
    if "pluriannuel_max" in avant and appel.pluriannuel_max < avant["pluriannuel_max"]:
        trop_longs = appel.dossiers.filter(nb_annees__gt=appel.pluriannuel_max)
        effets.append((trop_longs, "durent plus longtemps que la nouvelle limite"))
    if "annee_scolaire" in avant and not appel.annee_scolaire:
        effets.append((appel.dossiers.filter(fin__year__gt=appel.annee), "finissent après l’année civile"))
    if "taux_max_public" in avant and appel.taux_max_public < avant["taux_max_public"]:
        effets.append((deposes(appel), "sont déposés avec une part publique jugée selon l’ancienne règle"))
    return [phrase for dossiers, suite in effets if (phrase := nommer(dossiers, suite))]


def nommer(dossiers, suite):
    """« 3 dossiers déjà écrits demandent plus que le nouveau maximum, dont 1 déposé. » ; vide s'il n'y en a pas."""
    if not (nombre := dossiers.count()):
        return ""
    dont = dossiers.filter(depose_le__isnull=False).count()
    pluriel = "s" if nombre > 1 else ""
    deja = f", dont {dont} déposé{'s' if dont > 1 else ''}" if dont else ""
    return f"Dossier{pluriel} déjà écrit{pluriel} qui {suite} : {nombre}{deja}."


def ecrire(appel, champs):
    if inconnus := champs.keys() - CHAMPS:
        raise TypeError(f"Champs inconnus : {', '.join(sorted(inconnus))}")
    for nom, valeur in champs.items():
        setattr(appel, nom, _sections(valeur) if nom == "sections" else valeur)


def _sections(valeurs):
    """Dans l'ordre du formulaire, sans doublon ; un code inconnu est refusé."""
    if set(valeurs) - set(CODES):
        raise ValidationError({"sections": "Une section choisie n’existe pas."})
    return [code for code in CODES if code in valeurs]


def _baisse(avant, apres):
    return avant is None or apres < avant


def _lisible(valeur):
    if isinstance(valeur, list):
        return valeur
    return valeur.isoformat() if hasattr(valeur, "isoformat") else str(valeur)
