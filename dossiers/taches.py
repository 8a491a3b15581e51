"""Ce que les dossiers attendent de chacun, pour la page d'accueil."""

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from comptes.models import Role
from comptes.taches import Tache
from dossiers.etats import Etat
from dossiers.models import Dossier, Message, PreProjet, Signalement

MAX = 20


def taches_de_dossiers(utilisateur):
    return [
        *_du_porteur(utilisateur),
        *_de_l_agent(utilisateur),
        *_messages(utilisateur),
        *_pre_projets(utilisateur),
        *_veille(utilisateur),
    ]


def _du_porteur(utilisateur):
    if not utilisateur.ids_organismes:
        return []
    maintenant = timezone.now()
    dossiers = (
        Dossier.objects.ecrits_par(utilisateur)
        .filter(Q(etat=Etat.A_COMPLETER) | Q(etat=Etat.BROUILLON, appel__cloture_le__gte=maintenant))
        .select_related("appel")
        .annotate(limite=Min("demandes_complement__limite_le", filter=Q(demandes_complement__repondue_le=None)))
        .order_by("limite", "appel__cloture_le", "pk")[:MAX]
    )
    return [
        Tache(
            f"Le service attend des compléments pour votre dossier {dossier.numero}.",
            reverse("dossiers-complements", args=[dossier.numero]),
            dossier.limite,
        )
        if dossier.etat == Etat.A_COMPLETER
        else Tache(
            f"Le brouillon « {dossier.intitule or dossier.numero} » est à déposer avant la clôture de l’appel.",
            reverse("dossiers-detail", args=[dossier.numero]),
            dossier.appel.cloture_le,
        )
        for dossier in dossiers
    ]


def _de_l_agent(utilisateur):
    if Role.AGENT not in utilisateur.roles:
        return []
    a_examiner, en_retard = (
        Dossier.objects.instruits_par(utilisateur)
        .filter(etat__in=[Etat.DEPOSE, Etat.A_COMPLETER])
        .aggregate(
            a_examiner=Count("pk", filter=Q(etat=Etat.DEPOSE), distinct=True),
            en_retard=Count(
                "pk",
                filter=Q(
                    etat=Etat.A_COMPLETER,
                    demandes_complement__repondue_le=None,
                    demandes_complement__limite_le__lt=timezone.localdate(),
                ),
                distinct=True,
            ),
        )
        .values()
    )
    liste = reverse("dossiers-liste")
    taches = []
    if a_examiner:
        phrase = (
            f"{a_examiner} dossiers déposés attendent d’être examinés."
            if a_examiner > 1
            else "Un dossier déposé attend d’être examiné."
        )
        taches.append(Tache(phrase, f"{liste}?etat={Etat.DEPOSE}&tri=ancien"))
    if en_retard:
        phrase = (
            f"{en_retard} demandes de compléments sont restées sans réponse après leur date limite."
            if en_retard > 1
            else "Une demande de compléments est restée sans réponse après sa date limite."
        )
        taches.append(Tache(phrase, f"{liste}?etat={Etat.A_COMPLETER}&tri=ancien"))
    return taches


def _messages(utilisateur):
    """Un fil où l'autre côté a écrit, et que personne de ce côté-ci n'a lu."""
    if not utilisateur.ids_organismes and Role.AGENT not in utilisateur.roles:
        return []
    chez_soi = Q(dossier__organisme__in=utilisateur.ids_organismes)
    fils = (
        Message.objects.filter(Q(chez_soi, du_service=True) | Q(~chez_soi, du_service=False), lu_le=None)
        .visibles_par(utilisateur)
        .order_by("dossier__numero")
        .values_list("dossier__numero", flat=True)
        .distinct()[:MAX]
    )
    return [
        Tache(f"Vous avez un message au sujet du dossier {numero}.", reverse("dossiers-messages", args=[numero]))
        for numero in fils
    ]


def _pre_projets(utilisateur):
    """Ceux qu'un organisme doit corriger ou transformer en dossier ; ceux auxquels le service doit répondre."""
    taches = []
    if utilisateur.ids_organismes:
        taches += [
            Tache(
                f"Le service vous propose de changer un point dans votre pré-projet « {pre_projet.intitule} »."
                if pre_projet.reponse == PreProjet.Reponse.CHANGER
                else f"Le service a dit « allez-y » pour « {pre_projet.intitule} » : faites-en un dossier.",
                reverse("pre-projets-detail", args=[pre_projet.pk]),
                pre_projet.appel.cloture_le,
            )
            for pre_projet in PreProjet.objects.filter(
                Q(reponse=PreProjet.Reponse.CHANGER)
                | Q(reponse=PreProjet.Reponse.CONTINUER, appel__ouvre_le__lte=timezone.now()),
                organisme__in=utilisateur.ids_organismes,
                dossier=None,
                appel__cloture_le__gte=timezone.now(),
            ).select_related("appel")[:MAX]
        ]
    if Role.AGENT in utilisateur.roles:
        attendus, limite = (
            PreProjet.objects.filter(
                appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT), envoye_le__isnull=False, reponse=""
            )
            .aggregate(attendus=Count("pk"), limite=Min("reponse_avant"))
            .values()
        )
        if attendus:
            phrase = (
                f"{attendus} pré-projets attendent votre réponse, le plus pressé avant cette date."
                if attendus > 1
                else "Un pré-projet attend votre réponse."
            )
            taches.append(Tache(phrase, f"{reverse('pre-projets-liste')}?voir=a-repondre", limite))
    return taches


def _veille(utilisateur):
    """Ce que les habitants ont signalé, et à quoi personne n'a encore donné de suite."""
    collectivites = utilisateur.ids_collectivites(Role.AGENT)
    if not collectivites:
        return []
    a_lire = Signalement.objects.filter(collectivite__in=collectivites, etat=Signalement.Etat.RECU).count()
    if not a_lire:
        return []
    phrase = f"{a_lire} signalements d’habitants à lire." if a_lire > 1 else "Un signalement d’habitants à lire."
    return [Tache(phrase, f"{reverse('veille-liste')}?etat={Signalement.Etat.RECU}")]
