"""L'invitation d'agenda d'une réunion (RFC 5545 et 5546) : une révision la remplace, CANCEL la retire."""

from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

DUREE_PAR_DEFAUT = timedelta(hours=2)
DEMANDER, ANNULER, PUBLIER = "REQUEST", "CANCEL", "PUBLISH"

# Écrit à la main : celui que tire icalendar de la base des fuseaux date le passage à l'été de 3 heures au lieu de 2.
PARIS = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def identifiant(reunion):
    """Le même pour toute la vie de la réunion, et propre à cette instance."""
    return f"reunion-{reunion.pk}@{urlsplit(settings.URL_PUBLIQUE).hostname}"


def page(reunion):
    return f"{settings.URL_PUBLIQUE}/evaluation/reunions/{reunion.pk}/"


def fin_prevue(reunion):
    return reunion.fin or reunion.debut + DUREE_PAR_DEFAUT


def composer(reunion, methode, *, nom="", courriel="", avec_lien=True):
    """Le texte du fichier .ics ; `courriel` : à qui elle s'adresse, sauf pour un simple téléchargement (PUBLISH).

    Aucun dossier n'y figure : un agenda se partage souvent plus qu'on ne croit.
    """
    # Longue à charger, et pour ce seul fichier.
    from icalendar import Calendar, Event, Timezone, vCalAddress

    agenda = Calendar()
    agenda.add("version", "2.0")
    agenda.add("prodid", "-//Parvis//Réunions//FR")
    agenda.add("calscale", "GREGORIAN")
    agenda.add("method", methode)
    agenda.add_component(Timezone.from_ical(PARIS))
    evenement = Event()
    evenement.add("uid", identifiant(reunion))
    evenement.add("sequence", reunion.revision)
    evenement.add("dtstamp", timezone.now().replace(microsecond=0))
    evenement.add("dtstart", timezone.localtime(reunion.debut).replace(microsecond=0))
    evenement.add("dtend", timezone.localtime(fin_prevue(reunion)).replace(microsecond=0))
    evenement.add("summary", _une_ligne(f"{reunion.get_nature_display()} · {reunion.titre}"))
    if reunion.lieu:
        evenement.add("location", _une_ligne(reunion.lieu))
    evenement.add("status", "CANCELLED" if methode == ANNULER else "CONFIRMED")
    if avec_lien:
        evenement.add("url", page(reunion))
        evenement.add("description", f"Ordre du jour et préparation : {page(reunion)}")
    collectivite = reunion.collectivite
    service = collectivite.service_courriel or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    organisateur = vCalAddress(f"mailto:{service}")
    organisateur.params["CN"] = _une_ligne(collectivite.nom)
    evenement.add("organizer", organisateur)
    if courriel:
        invite = vCalAddress(f"mailto:{courriel}")
        invite.params["CN"] = _une_ligne(nom or courriel)
        invite.params["ROLE"] = "REQ-PARTICIPANT"
        if methode == DEMANDER:
            invite.params["PARTSTAT"] = "NEEDS-ACTION"
            invite.params["RSVP"] = "TRUE"
        evenement.add("attendee", invite)
    agenda.add_component(evenement)
    return agenda.to_ical().decode()


def _une_ligne(texte):
    return " ".join(texte.split())
