"""Les verbes de l'argent : enveloppes, montants programmés, délibération, décisions."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Prefetch, Sum
from django.utils import timezone

from appels.models import Appel
from comptes.models import Role
from documents.notification_refus import MOTIFS_REFUS
from dossiers import operations as dossiers_operations
from dossiers.budget import CENT, ZERO, euros, totaux_du_dossier
from dossiers.cycle_de_vie import TransitionInterdite, verrouiller
from dossiers.etats import Etat
from dossiers.models import Dossier, Financement
from dossiers.operations import EcritureConcurrente, OperationRefusee
from evaluation.models import MontantPropose
from journal.publication import publier
from programmation.models import Decision, Deliberation, Enveloppe, LigneProgrammation
from programmation.tableau import EtatEnveloppe, noter

MONTANT_MAX = Decimal("9999999999.99")
MOTIF_ENVELOPPE = "ENVELOPPE"
MOTIF_DEPASSEMENT_MIN = 10
FAITS = {
    "fixer_enveloppes": "appel.fixer_enveloppes",
    "fixer_montant": "dossier.fixer_montant",
    "enregistrer_deliberation": "appel.enregistrer_deliberation",
    "decider": "appel.decider",
}


# Ce que lit montants_prevus, en deux requêtes.
AVEC_MONTANTS = (
    Prefetch("financements", Financement.objects.select_related("financeur")),
    Prefetch("lignes_programmation", LigneProgrammation.objects.select_related("financeur")),
)


class EnveloppeDepassee(OperationRefusee):
    """La décision dépasse une enveloppe ; `depassements` : (sigle, montant en trop)."""

    def __init__(self, depassements):
        self.depassements = depassements
        details = ", ".join(f"{sigle} de {euros(montant)}" for sigle, montant in depassements)
        super().__init__(
            f"Une enveloppe est dépassée ({details}). Écrivez pourquoi pour confirmer, ou baissez un montant."
        )


class MotifManquant(OperationRefusee):
    """Un dossier serait refusé sans raison ; `dossiers` : {clé du dossier: message}."""

    def __init__(self, dossiers):
        self.dossiers = dossiers
        super().__init__("Donnez un motif à chaque dossier refusé : il figure dans la lettre.")


def _verrouiller_appel(appel, par):
    """Une seule personne à la fois décide ou programme un appel ; l'ordre des verrous est toujours appel, dossier."""
    appel = Appel.objects.select_for_update(of=("self",)).select_related("collectivite").get(pk=appel.pk)
    if appel.collectivite_id not in par.ids_collectivites(Role.AGENT):
        raise TransitionInterdite("Seuls les agents de la collectivité programment cet appel à projets.")
    return appel


def _controler_montant(montant):
    if montant < 0:
        raise OperationRefusee("Un montant est positif ou nul.")
    if montant > MONTANT_MAX:
        raise OperationRefusee("Ce montant est trop grand.")
    if montant != montant.quantize(CENT):
        raise OperationRefusee("Un montant compte au plus deux décimales.")


@transaction.atomic
def fixer_enveloppes(appel, montants, *, par):
    """Fixe ce que chaque financeur met dans l'appel ; un montant None retire l'enveloppe."""
    appel = _verrouiller_appel(appel, par)
    financeurs = {f.pk: f for f in appel.financeurs.all()}
    avant = {e.financeur_id: e for e in appel.enveloppes.all()}
    changees = {}
    for financeur, montant in montants.items():
        if financeur.pk not in financeurs:
            raise OperationRefusee(f"{financeur} ne finance pas cet appel à projets.")
        ancienne = avant.get(financeur.pk)
        if (ancienne.montant if ancienne else None) == montant:
            continue
        if montant is None:
            ancienne.delete()
        else:
            _controler_montant(montant)
            Enveloppe.objects.update_or_create(appel=appel, financeur=financeur, defaults={"montant": montant})
        changees[financeur.sigle] = None if montant is None else str(montant)
    if changees:
        publier(FAITS["fixer_enveloppes"], appel, par=par, enveloppes=changees)
    return changees


@transaction.atomic
def programmer_les_evalues(appel, *, par):
    """Programme tous les dossiers évalués, aux montants proposés en réunion ; ce qui est déjà fixé le reste.

    Ceux dont la personne s'est déportée attendent un autre agent.
    """
    appel = _verrouiller_appel(appel, par)
    evalues = Dossier.objects.filter(appel=appel, etat=Etat.EVALUE).exclude(deports__utilisateur=par)
    dossiers = list(evalues.order_by("pk"))
    proposes = MontantPropose.objects.filter(avis__dossier__in=dossiers)
    LigneProgrammation.objects.bulk_create(
        [
            LigneProgrammation(dossier_id=dossier, financeur_id=financeur, montant=montant, modifie_par=par, version=1)
            for dossier, financeur, montant in proposes.values_list("avis__dossier_id", "financeur_id", "montant")
        ],
        ignore_conflicts=True,
    )
    return [dossiers_operations.programmer(dossier, par=par) for dossier in dossiers]


def peut_fixer(appel, financeur, par):
    """L'agent écrit toutes les colonnes, le représentant d'un financeur la sienne seulement."""
    if appel.collectivite_id in par.ids_collectivites(Role.AGENT):
        return True
    return financeur.partenaire_id is not None and financeur.partenaire_id in par.ids_partenaires(Role.FINANCEUR)


def _ecarter_le_deporte(dossiers, par):
    if par.deports.filter(dossier__in=dossiers).exists():
        raise OperationRefusee("Vous vous êtes déporté de ce dossier : un autre agent s’en charge.")


@transaction.atomic
def fixer_montant(dossier, financeur, montant, *, par, version=None):
    """Fixe ce qu'un financeur prévoit pour un dossier programmé.

    `version` est celle que la personne avait sous les yeux (0 : aucun montant encore) ; lève EcritureConcurrente
    quand elle est dépassée. Refaire le même geste ne change rien.
    """
    dossier = verrouiller(dossier)
    _ecarter_le_deporte([dossier], par)
    if not peut_fixer(dossier.appel, financeur, par):
        raise TransitionInterdite("Vous ne modifiez que la colonne du financeur que vous représentez.")
    if not dossier.appel.financeurs.filter(pk=financeur.pk).exists():
        raise OperationRefusee(f"{financeur} ne finance pas cet appel à projets.")
    if dossier.etat != Etat.PROGRAMME:
        raise OperationRefusee(
            f"Le dossier {dossier.numero} est « {dossier.get_etat_display().lower()} » : ses montants ne se modifient "
            "que lorsqu’il est programmé, avant la décision."
        )
    _controler_montant(montant)
    ligne = LigneProgrammation.objects.filter(dossier=dossier, financeur=financeur).first()
    if ligne and ligne.montant == montant:
        return ligne
    if version is not None and version != (ligne.version if ligne else 0):
        raise EcritureConcurrente(
            f"Quelqu’un a fixé ce montant à {euros(ligne.montant)} pendant que vous écriviez. "
            "Votre saisie est conservée : enregistrez à nouveau pour la garder."
        )
    avant = ligne.montant if ligne else None
    ligne = ligne or LigneProgrammation(dossier=dossier, financeur=financeur)
    ligne.montant, ligne.modifie_par, ligne.version = montant, par, ligne.version + 1
    ligne.save()
    publier(
        FAITS["fixer_montant"],
        dossier,
        par=par,
        financeur=financeur.sigle,
        avant=None if avant is None else str(avant),
        apres=str(montant),
    )
    return ligne


def avertissement(montant, demande):
    """Ce qui mérite une relecture sans être interdit."""
    if montant and demande is None:
        return "Ce financeur n’a pas été sollicité par le porteur."
    if demande is not None and montant > demande:
        return f"C’est plus que les {euros(demande)} demandés."
    return ""


@transaction.atomic
def enregistrer_deliberation(appel, numero, date, transmise_le=None, *, par, organe=""):
    """Enregistre le vote de l'organe délibérant. Refaire le même geste rend la même délibération."""
    appel = _verrouiller_appel(appel, par)
    numero = numero.strip()
    if not numero:
        raise OperationRefusee("Donnez le numéro de la délibération : il figure dans les lettres.")
    if date > timezone.localdate():
        raise OperationRefusee("La séance n’a pas encore eu lieu : enregistrez la délibération une fois votée.")
    if transmise_le and transmise_le < date:
        raise OperationRefusee("La transmission au représentant de l’État suit la séance.")
    deja = Deliberation.objects.filter(collectivite=appel.collectivite, numero=numero).first()
    if deja:
        if deja.appel_id == appel.pk and deja.date == date:
            return deja
        raise OperationRefusee(f"Une délibération n° {numero} est déjà enregistrée, du {deja.date:%d/%m/%Y}.")
    deliberation = Deliberation.objects.create(
        collectivite=appel.collectivite,
        appel=appel,
        numero=numero,
        date=date,
        organe=organe.strip() or appel.collectivite.organe_deliberant,
        transmise_le=transmise_le,
    )
    publier(
        FAITS["enregistrer_deliberation"],
        appel,
        par=par,
        numero=numero,
        date=date.isoformat(),
        organe=deliberation.organe,
    )
    return deliberation


def rangs(appel):
    """Le rang de chaque dossier noté, de la meilleure note à la moins bonne ; les ex æquo partagent le leur."""
    notes = sorted(noter(appel).items(), key=lambda paire: -paire[1])
    resultat, precedente, rang = {}, None, 0
    for position, (dossier, note) in enumerate(notes, 1):
        if note != precedente:
            rang, precedente = position, note
        resultat[dossier] = rang
    return resultat


def enveloppes_apres(appel, dossiers):
    """Chaque enveloppe une fois ces dossiers décidés, en plus de ce qui est déjà voté."""
    engages = {}
    votes = Decision.objects.filter(dossier__appel=appel, sens=Decision.Sens.ACCORDE)
    prevus = LigneProgrammation.objects.filter(dossier__in=[d.pk for d in dossiers])
    for jeu in (votes, prevus):
        for financeur, somme in jeu.order_by().values_list("financeur_id").annotate(somme=Sum("montant")):
            engages[financeur] = engages.get(financeur, ZERO) + somme.quantize(CENT)
    return [
        EtatEnveloppe(e.financeur, e.montant, engages.get(e.financeur_id, ZERO))
        for e in appel.enveloppes.select_related("financeur")
    ]


def depassements(enveloppes):
    """Les enveloppes dépassées : (sigle, montant en trop)."""
    return [(e.financeur.sigle, e.depassement) for e in enveloppes if e.depassement]


def controler_motifs(motifs, rang):
    """Rend les motifs nettoyés d'un refus, dans l'ordre de la liste fermée. Lève OperationRefusee."""
    propres = [
        {"code": m["code"], "precision": m.get("precision", "").strip()} for m in motifs if m["code"] in MOTIFS_REFUS
    ]
    propres.sort(key=lambda m: list(MOTIFS_REFUS).index(m["code"]))
    if len({m["code"] for m in propres}) != len(motifs):
        raise OperationRefusee("Choisissez les motifs dans la liste, chacun une fois.")
    if not propres:
        raise OperationRefusee("Donnez au moins un motif : ce dossier ne reçoit rien.")
    if [m["code"] for m in propres] == [MOTIF_ENVELOPPE] and rang is None:
        raise OperationRefusee(
            "Le seul motif de l’enveloppe suppose un classement, et ce dossier n’est pas noté : ajoutez un motif."
        )
    return propres


@transaction.atomic
def decider(appel, dossiers, deliberation, *, par, motifs=None, confirmation_depassement=""):
    """Décide ces dossiers programmés, aux montants programmés, selon la délibération.

    `motifs` : {clé du dossier: [{"code", "precision"}]}, pour ceux qui ne reçoivent rien. Tout passe ou rien ne
    passe : lève MotifManquant, EnveloppeDepassee (sauf `confirmation_depassement` écrite) ou OperationRefusee.
    """
    appel = _verrouiller_appel(appel, par)
    if deliberation.appel_id != appel.pk:
        raise OperationRefusee("Cette délibération porte sur un autre appel à projets.")
    dossiers = list(
        Dossier.objects.filter(appel=appel, pk__in=[d.pk for d in dossiers])
        .order_by("pk")
        .select_for_update(of=("self",))
        .select_related("appel", "organisme", "avis__reunion")
        .prefetch_related("lignes_budget", *AVEC_MONTANTS)
    )
    if not dossiers:
        raise OperationRefusee("Choisissez au moins un dossier à décider.")
    _ecarter_le_deporte(dossiers, par)
    if ailleurs := [d.numero for d in dossiers if d.etat != Etat.PROGRAMME]:
        raise OperationRefusee(
            f"Ces dossiers ne sont plus à décider : {', '.join(ailleurs[:10])}. Rechargez la page pour continuer."
        )
    classement, motifs = rangs(appel), motifs or {}
    montants = {d.pk: montants_prevus(d) for d in dossiers}
    retenus, erreurs = {}, {}
    for dossier in dossiers:
        if not any(montant for _, montant in montants[dossier.pk]):
            try:
                retenus[dossier.pk] = controler_motifs(motifs.get(dossier.pk, []), classement.get(dossier.pk))
            except OperationRefusee as refus:
                erreurs[dossier.pk] = str(refus)
    if erreurs:
        raise MotifManquant(erreurs)
    confirmation_depassement = confirmation_depassement.strip()
    trop = depassements(enveloppes_apres(appel, dossiers))
    if trop and len(confirmation_depassement) < MOTIF_DEPASSEMENT_MIN:
        raise EnveloppeDepassee(trop)
    maintenant = timezone.now()
    Decision.objects.bulk_create(
        Decision(
            dossier=dossier,
            financeur=financeur,
            sens=Decision.Sens.ACCORDE if montant else Decision.Sens.REFUSE,
            montant=montant,
            deliberation=deliberation,
            motifs=retenus.get(dossier.pk, []),
            decidee_le=maintenant,
        )
        for dossier in dossiers
        for financeur, montant in montants[dossier.pk]
    )
    decides = [
        dossiers_operations.decider(
            dossier,
            par=par,
            accorde=dossier.pk not in retenus,
            donnees=_donnees(
                dossier, deliberation, montants[dossier.pk], retenus.get(dossier.pk, []), classement.get(dossier.pk)
            ),
        )
        for dossier in dossiers
    ]
    publier(
        FAITS["decider"],
        appel,
        par=par,
        deliberation=deliberation.numero,
        accordes=len(dossiers) - len(retenus),
        refuses=len(retenus),
        depassements=[[sigle, str(montant)] for sigle, montant in trop],
        confirmation=confirmation_depassement if trop else "",
    )
    return decides


def montants_prevus(dossier):
    """Chaque financeur sollicité, ou qui donne sans l'être, avec ce qu'il prévoit."""
    prevus = {ligne.financeur: ligne.montant for ligne in dossier.lignes_programmation.all()}
    sollicites = [f.financeur for f in dossier.financements.all()]
    en_plus = [f for f, montant in prevus.items() if montant and f not in sollicites]
    financeurs = sorted([*sollicites, *en_plus], key=lambda f: (f.ordre, f.nom))
    return [(f, prevus.get(f, ZERO)) for f in financeurs]


def _donnees(dossier, deliberation, montants, motifs, rang):
    """Les valeurs décisives, recopiées au journal : la lettre ne dépend pas de ce qui change ensuite."""
    totaux = totaux_du_dossier(dossier)
    avis = getattr(dossier, "avis", None)
    return {
        "deliberation": {
            "numero": deliberation.numero,
            "date": deliberation.date.isoformat(),
            "organe": deliberation.organe,
        },
        "decisions": [
            {
                "financeur_id": financeur.pk,
                "financeur": financeur.nom,
                "sigle": financeur.sigle,
                "sens": (Decision.Sens.ACCORDE if montant else Decision.Sens.REFUSE).value,
                "montant": str(montant),
            }
            for financeur, montant in montants
        ],
        "montant_accorde": str(sum((montant for _, montant in montants), ZERO)),
        "cout_total": str(totaux.charges),
        "montant_sollicite": str(totaux.demande),
        "motifs": motifs,
        "rang": rang,
        "reserves": avis.reserves if avis else "",
        "instance_libelle": avis.reunion.titre if avis else "",
        "instance_date": timezone.localtime(avis.reunion.debut).date().isoformat() if avis else None,
    }
