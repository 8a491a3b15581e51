"""Les données du compte rendu d'une réunion sans dossiers, figées au moment où on le demande."""

from django.utils import timezone

from evaluation.models import MembreReunion

Presence = MembreReunion.Presence


def participants(reunion, *presences):
    """Membres et invités qui ont l'une de ces présences, par nom : {nom, structure}."""
    membres = reunion.membres.select_related("utilisateur").filter(presence__in=presences)
    invites = reunion.invites.filter(presence__in=presences)
    personnes = [(m.utilisateur.nom, {"nom": str(m.utilisateur), "structure": m.structure}) for m in membres]
    personnes += [
        (i.nom.rsplit(" ", 1)[-1], {"nom": i.nom, "structure": ", ".join(filter(None, [i.qualite, i.structure]))})
        for i in invites
    ]
    return [personne for _, personne in sorted(personnes, key=lambda paire: paire[0].casefold())]


def presences(reunion):
    """Présents, excusés, absents. Sans présence constatée, la feuille signée fait foi : personne n'est dit absent."""
    presents = participants(reunion, Presence.PRESENT)
    return {
        "presents": presents,
        "excuses": participants(reunion, Presence.EXCUSE),
        "absents": participants(reunion, Presence.ATTENDU) if presents else [],
    }


def _point(point):
    return {
        "titre": point.titre,
        "preparation": point.preparation,
        "echanges": point.echanges,
        "decision": point.decision,
        "responsable": point.responsable,
        "echeance": point.echeance.isoformat() if point.echeance else None,
    }


def donnees_de(reunion, version):
    """Un dictionnaire sérialisable, aux noms des champs de `documents.compte_rendu.CompteRendu`."""
    collectivite = reunion.collectivite
    return {
        "collectivite": collectivite.nom,
        "service": collectivite.service_nom,
        "couleur": collectivite.couleur,
        "genre": reunion.get_nature_display(),
        "titre": reunion.titre,
        "enjeu": str(reunion.enjeu_prioritaire or ""),
        "tenu_le": timezone.localtime(reunion.debut).isoformat(),
        "fini_le": timezone.localtime(reunion.fin).isoformat() if reunion.fin else None,
        "edite_le": timezone.localtime().isoformat(),
        "version": version,
        "lieu": reunion.lieu,
        "president": reunion.president,
        "secretaire": reunion.secretaire,
        **presences(reunion),
        "points": [_point(point) for point in reunion.points.order_by("rang", "pk")],
        "divers": reunion.divers,
    }
