"""Les listes d'un appel : financeurs, objectifs, grille, pièces, règles d'éligibilité."""

from django.db import transaction

from appels.models import Financeur, ObjectifOperationnel, PieceDemandee
from appels.operations.refus import AConfirmer, OperationRefusee, verrouiller
from appels.operations.reglages import deposes, nommer
from appels.regles import REGLES_MAX
from journal.publication import publier


@transaction.atomic
def fixer_financeurs(appel, financeurs, *, par, nouveau=None):
    """Les financeurs de l'appel ; `nouveau` (nom, sigle) en ajoute un à la collectivité."""
    appel = verrouiller(appel, par)
    choisis = list(Financeur.objects.filter(collectivite=appel.collectivite_id, pk__in=[f.pk for f in financeurs]))
    if len(choisis) != len(set(financeurs)):
        raise OperationRefusee("Un financeur choisi n’appartient pas à votre collectivité.")
    if nouveau:
        financeur = Financeur(
            collectivite=appel.collectivite, ordre=appel.collectivite.financeurs.count() + 1, **nouveau
        )
        financeur.full_clean()
        financeur.save()
        choisis.append(financeur)
    avant = set(appel.financeurs.all())
    for retire in avant - set(choisis):
        if retire.financements.filter(dossier__appel=appel).exists() or retire.enveloppes.filter(appel=appel).exists():
            raise OperationRefusee(
                f"« {retire} » reste dans l’appel : des dossiers lui demandent une aide, ou une enveloppe est inscrite."
            )
    if avant != set(choisis):
        appel.financeurs.set(choisis)
        publier("appel.fixer_financeurs", appel, par=par, financeurs=sorted(f.sigle for f in choisis))
    return appel


@transaction.atomic
def fixer_objectifs(appel, objectifs, *, par):
    appel = verrouiller(appel, par)
    retenus = list(
        ObjectifOperationnel.objects.filter(
            strategique__enjeu__convention=appel.convention_id, pk__in=[o.pk for o in objectifs]
        )
    )
    if len(retenus) != len(set(objectifs)):
        raise OperationRefusee("Un objectif choisi n’appartient pas à la convention de l’appel.")
    if not retenus:
        raise OperationRefusee("Retenez au moins un objectif.")
    for retire in set(appel.objectifs.all()) - set(retenus):
        if retire.cibles.filter(dossier__appel=appel).exists():
            raise OperationRefusee(f"« {retire} » reste dans l’appel : des dossiers y répondent.")
    if set(appel.objectifs.all()) != set(retenus):
        appel.objectifs.set(retenus)
        publier("appel.fixer_objectifs", appel, par=par, objectifs=sorted(o.code for o in retenus))
    return appel


def grille_gelee(appel):
    """Dès qu'une note existe, changer la grille changerait le sens des notes déjà données."""
    return appel.criteres.filter(notes__isnull=False).exists()


@transaction.atomic
def fixer_grille(appel, criteres, *, par):
    """Remplace la grille. `criteres` : [{id?, libelle, aide, poids, niveaux}] dans l'ordre voulu."""
    appel = verrouiller(appel, par)
    if grille_gelee(appel):
        raise OperationRefusee("Des notes ont déjà été données : la grille ne change plus.")
    return fixer_lignes(appel, appel.criteres, criteres, "appel.fixer_grille", par)


@transaction.atomic
def fixer_pieces(appel, pieces, *, par, confirme=False):
    """Remplace la liste des pièces. `pieces` : [{id?, libelle, aide, obligation…, modele?}] dans l'ordre voulu.

    `modele` : un fichier déjà contrôlé, "" pour le retirer ; absent, celui qui est là reste.
    """
    appel = verrouiller(appel, par)
    gardees = {piece["id"] for piece in pieces if piece.get("id")}
    presentes = {piece.pk: piece for piece in appel.pieces_demandees.all()}
    for retiree in appel.pieces_demandees.exclude(pk__in=gardees):
        if retiree.pieces.exists():
            raise OperationRefusee(f"« {retiree} » ne peut plus être retirée : des dossiers l’ont déjà fournie.")
    if not confirme and (effets := _pieces_durcies(appel, pieces, presentes)):
        raise AConfirmer(effets)
    anciens = {piece.modele.name for piece in presentes.values() if piece.modele}
    fixer_lignes(appel, appel.pieces_demandees, pieces, "appel.fixer_pieces", par)
    restes = {nom for nom in appel.pieces_demandees.values_list("modele", flat=True) if nom}
    entrepot = appel.pieces_demandees.model._meta.get_field("modele").storage
    for nom in anciens - restes:
        # Après la transaction : annulée, elle laisserait une pièce dont le modèle a disparu.
        transaction.on_commit(lambda nom=nom: entrepot.delete(nom))
    return appel


def _pieces_durcies(appel, pieces, presentes):
    """Une pièce devient obligatoire alors que des dossiers déposés ne l'ont pas."""
    effets = []
    for ligne in pieces:
        avant = presentes.get(ligne.get("id"))
        facultative = ligne.get("obligation") == PieceDemandee.Obligation.JAMAIS
        if facultative or (avant and avant.obligation != PieceDemandee.Obligation.JAMAIS):
            continue
        sans = deposes(appel).exclude(pieces__demandee=avant) if avant else deposes(appel)
        if phrase := nommer(sans, f"n’ont pas « {ligne['libelle']} », qui devient obligatoire"):
            effets.append(phrase)
    return effets


@transaction.atomic
def fixer_regles(appel, regles, *, par, confirme=False):
    """Remplace les règles d'éligibilité. `regles` : [{id?, type, question, parametres, explication, bloquante}]."""
    appel = verrouiller(appel, par)
    if len(regles) > REGLES_MAX:
        raise OperationRefusee(f"Un appel pose {REGLES_MAX} questions au plus : au-delà, on renonce avant d’écrire.")
    presentes = {regle.pk: regle for regle in appel.regles.all()}
    if not confirme and any(_resserre(presentes.get(regle.get("id")), regle) for regle in regles):
        if effet := nommer(deposes(appel), "sont déposés avec l’ancienne règle ; elle ne leur est pas opposée"):
            raise AConfirmer([effet])
    return fixer_lignes(appel, appel.regles, regles, "appel.fixer_regles", par, cle="question")


def _resserre(avant, apres):
    """Vrai si la règle écarte des structures ou des actions que l'ancienne admettait."""
    if not apres["bloquante"]:
        return False
    if avant is None or not avant.bloquante or avant.type != apres["type"]:
        return True
    ancien, nouveau = avant.parametres, apres["parametres"]
    return (
        not set(ancien.get("types", ())) <= set(nouveau.get("types", ()))
        or nouveau.get("min", 0) > ancien.get("min", 0)
        or nouveau.get("attendu") != ancien.get("attendu")
    )


def fixer_lignes(appel, relation, lignes, fait, par, cle="libelle"):
    """Met la liste à l'identique de `lignes` : retire, change, ajoute, ordonne. `cle` : le champ qui la nomme."""
    libelles = [ligne[cle].strip().casefold() for ligne in lignes]
    if len(libelles) != len(set(libelles)):
        raise OperationRefusee("Deux lignes portent le même libellé.")
    presentes = {objet.pk: objet for objet in relation.all()}
    gardees = {ligne["id"] for ligne in lignes if ligne.get("id")}
    if gardees - presentes.keys():
        raise OperationRefusee("La liste a changé entre-temps. Rechargez la page avant de la reprendre.")
    retirees = presentes.keys() - gardees
    relation.filter(pk__in=retirees).delete()
    a_poser = []
    for ordre, ligne in enumerate(lignes):
        objet = presentes.get(ligne.get("id")) or relation.model(appel=appel)
        valeurs = {"ordre": ordre, **{nom: valeur for nom, valeur in ligne.items() if nom != "id"}}
        if objet.pk and all(getattr(objet, nom) == valeur for nom, valeur in valeurs.items()):
            continue
        for nom, valeur in valeurs.items():
            setattr(objet, nom, valeur)
        objet.clean_fields()
        a_poser.append(objet)
    for objet in a_poser:
        if objet.pk:
            # Deux lignes qui échangent leurs libellés se heurteraient en route à leur unicité.
            relation.filter(pk=objet.pk).update(**{cle: f"~{objet.pk}"})
    for objet in a_poser:
        objet.save()
    if retirees or a_poser:
        publier(fait, appel, par=par, lignes=[ligne[cle] for ligne in lignes])
    return appel
