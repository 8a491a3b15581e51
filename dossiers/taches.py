"""Ce que les dossiers attendent de chacun, pour la page d'accueil."""

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from comptes.models import Role
from comptes.taches import Tache
from dossiers.etats import Etat
from dossiers.models import Dossier

MAX = 20


def taches_de_dossiers(utilisateur):
    return [*_du_porteur(utilisateur), *_de_l_agent(utilisateur)]


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
            reverse("dossiers-detail", args=[dossier.numero]),
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
