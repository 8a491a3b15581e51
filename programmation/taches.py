"""Ce qui attend l'agent : programmer, puis décider."""

from django.db.models import Count, Q
from django.urls import reverse

from appels.models import Appel
from comptes.models import Role
from comptes.taches import Tache
from dossiers.etats import Etat
from dossiers.models import Dossier


def taches_de_programmation(utilisateur):
    if Role.AGENT not in utilisateur.roles:
        return []
    # Ce dont la personne s'est déportée attend un autre agent.
    a_elle = ~Q(dossiers__in=Dossier.objects.filter(deports__utilisateur=utilisateur))
    appels = (
        Appel.objects.geres_par(utilisateur)
        .annotate(
            evalues=Count("dossiers", filter=Q(dossiers__etat=Etat.EVALUE) & a_elle),
            programmes=Count("dossiers", filter=Q(dossiers__etat=Etat.PROGRAMME) & a_elle),
        )
        .filter(Q(evalues__gt=0) | Q(programmes__gt=0))
    )
    taches = []
    for appel in appels[:10]:
        if appel.evalues:
            texte = _accorder(appel.evalues, "évalué", "attend d’être programmé", "attendent d’être programmés")
            taches.append(Tache(f"{texte} ({appel}).", reverse("programmation-tableau", args=[appel.slug])))
        if appel.programmes:
            texte = _accorder(appel.programmes, "programmé", "attend la décision", "attendent la décision")
            taches.append(Tache(f"{texte} ({appel}).", reverse("programmation-decider", args=[appel.slug])))
    return taches


def _accorder(nombre, participe, un, plusieurs):
    if nombre == 1:
        return f"Un dossier {participe} {un}"
    return f"{nombre} dossiers {participe}s {plusieurs}"
