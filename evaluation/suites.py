"""D'une réunion sans dossiers à la suivante : la précédente, ce qu'elle a laissé à faire, qui y était convié."""

from evaluation.models import PointOrdreDuJour, Reunion


def precedente(reunion):
    """La dernière réunion tenue avant celle-ci, de la même nature et sur le même enjeu ; une annulée ne compte pas."""
    return (
        Reunion.objects.filter(
            collectivite=reunion.collectivite_id,
            nature=reunion.nature,
            enjeu_prioritaire=reunion.enjeu_prioritaire_id,
            debut__lt=reunion.debut,
            annulee_le=None,
        )
        .exclude(pk=reunion.pk)
        .order_by("-debut", "-pk")
        .first()
    )


def a_reprendre(reunion):
    """Les points de la précédente qui restent à faire et que cette réunion n'a pas déjà repris."""
    avant = precedente(reunion)
    if avant is None:
        return PointOrdreDuJour.objects.none()
    repris = reunion.points.filter(repris_de__isnull=False).values("repris_de")
    return avant.points.non_soldes().exclude(pk__in=repris).select_related("reunion").order_by("rang", "pk")
