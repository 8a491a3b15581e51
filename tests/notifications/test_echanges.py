"""Ce qui part quand le service et l'organisme se parlent : la lettre de demande, les rappels, les messages."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from appels.models import PieceDemandee
from comptes.models import Affectation, Role, Utilisateur
from dossiers import operations
from dossiers.complements import Attendu
from evaluation.models import Deport
from notifications.models import CourrielRecu
from notifications.tasks import balayer
from notifications.travail import vider
from programmation.actes import lire_pdf
from programmation.models import Acte
from tests.notifications import outils

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(monde, boite):
    dossier = outils.deposer(monde)
    vider()
    CourrielRecu.objects.all().delete()
    return dossier


@pytest.fixture
def nadia(monde, dossier):
    """Une agente qui s'est déportée de ce dossier."""
    nadia = Utilisateur.objects.create_user("nadia@ville.test", prenom="Nadia", nom="W")
    Affectation.objects.create(utilisateur=nadia, collectivite=monde.collectivite, role=Role.AGENT)
    Deport.objects.create(dossier=dossier, utilisateur=nadia, motif="Ma sœur y travaille.")
    return nadia


def partis(mot):
    vider()
    return {c.destinataires for c in CourrielRecu.objects.all() if mot in c.objet}


def demander(monde, dossier, jours=15, **champs):
    rib = PieceDemandee.objects.create(appel=monde.appel, libelle="RIB de <l’association>")
    elements = [
        Attendu("RIB de <l’association>", "il est illisible", demandee=rib),
        Attendu("Avez-vous un local ?", indispensable=False),
    ]
    limite = timezone.localdate() + timedelta(days=jours)
    return operations.demander_complement(
        dossier, par=monde.denis, limite_le=limite, message="Merci pour ce projet.", elements=elements
    )


def test_la_demande_est_un_acte_et_sa_lettre_est_jointe(monde, dossier):
    demander(monde, dossier)
    assert partis("compléter") == {"alice0@asso.test"}
    acte = Acte.objects.get(nature="demande_pieces")
    assert acte.numero.startswith("DP-")
    recu = CourrielRecu.objects.get()
    assert [piece["nom"] for piece in recu.pieces] == [f"{acte.numero}.pdf"]
    assert "RIB de &lt;l’association&gt;" in recu.html
    lettre = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(lire_pdf(acte))).pages)
    lettre = " ".join(lettre.replace("\u202f", " ").replace("\u00a0", " ").split())
    for attendu in (
        "Merci pour ce projet.",
        "RIB de <l’association> : il est illisible (prévue par le règlement de l’appel à projets)",
        "Avez-vous un local ?",
        "leur absence n’empêche pas l’examen",
        "L. 114-5",
        f"/dossiers/{dossier.numero}/",
    ):
        assert attendu in lettre


def test_une_demande_annulee_avant_la_diffusion_n_ecrit_que_l_annulation(monde, dossier):
    demander(monde, dossier)
    operations.annuler_complement(dossier, par=monde.denis, motif="Erreur de dossier.")
    assert partis("") == {"alice0@asso.test"}
    recu = CourrielRecu.objects.get()
    assert "Plus rien à compléter" in recu.objet
    assert "Erreur de dossier." in recu.texte


def test_prolonger_et_rappeler_previennent_l_organisme(monde, dossier):
    demander(monde, dossier)
    limite = timezone.localdate() + timedelta(days=20)
    operations.prolonger_complement(dossier, par=monde.denis, limite_le=limite, motif="La banque tarde.")
    assert partis("Vous avez jusqu’au") == {"alice0@asso.test"}
    matin = (timezone.localtime() + timedelta(days=18)).replace(hour=9)
    with time_machine.travel(matin):
        for _ in range(3):
            balayer()
        assert partis("Il reste peu de temps") == {"alice0@asso.test"}
    assert CourrielRecu.objects.filter(objet__startswith="Il reste peu de temps").count() == 1


def ecrire(dossier, par, texte="Bonjour", apres=0):
    with time_machine.travel(timezone.now() + timedelta(minutes=apres), tick=False):
        operations.ecrire_message(dossier, par=par, texte=texte, jeton=uuid4())
        vider()


def test_un_message_previent_l_autre_cote_sauf_qui_s_est_deporte(monde, dossier, nadia):
    outils.ajouter_bruno(monde)
    ecrire(dossier, monde.alice, "Faut-il <joindre> un devis ?")
    assert partis("Un message de") == {"denis0@ville.test"}
    assert "Faut-il &lt;joindre&gt; un devis ?" in CourrielRecu.objects.get().html
    ecrire(dossier, monde.denis, "Non.")
    assert partis("Un message du service") == {"alice0@asso.test", "bruno@asso.test"}
    assert monde.denis.nom not in CourrielRecu.objects.get(destinataires="bruno@asso.test").texte


def test_une_rafale_ne_fait_qu_un_courriel(monde, dossier):
    for minute in (0, 1, 5, 9):
        ecrire(dossier, monde.alice, apres=minute)
    assert CourrielRecu.objects.count() == 1
    ecrire(dossier, monde.alice, apres=30)
    assert CourrielRecu.objects.count() == 2
    # Lu entre-temps : le message suivant s'annonce.
    operations.marquer_lus(dossier, par=monde.denis, jusqu_a=dossier.messages.last().pk)
    ecrire(dossier, monde.alice, apres=31)
    assert CourrielRecu.objects.count() == 3


def test_qui_s_est_deporte_n_apprend_ni_les_complements_ni_le_retrait(monde, dossier, nadia):
    limite = timezone.localdate() + timedelta(days=15)
    operations.demander_complement(dossier, par=monde.denis, message="Un mot ?", limite_le=limite)
    operations.completer(dossier, par=monde.alice)
    operations.retirer(dossier, par=monde.alice, motif="Plus de local.")
    assert partis("Compléments reçus") == {"denis0@ville.test"}
    assert partis("retiré") == {"alice0@asso.test", "denis0@ville.test"}
