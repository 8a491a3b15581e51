"""Du verbe à la lettre, en entier : le vrai dossier, le vrai PDF, le vrai courriel."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from dossiers import operations
from dossiers.cycle_de_vie import TransitionInterdite
from journal.models import Evenement
from notifications import production
from notifications.models import CourrielRecu, Envoi
from notifications.travail import vider
from programmation.actes import a_produire, lire_pdf
from programmation.models import Acte, Decision, Deliberation
from tests.fabriques_dossiers import SIGNE
from tests.notifications import outils

pytestmark = pytest.mark.django_db


def texte_de(acte):
    acte.refresh_from_db()
    pages = PdfReader(io.BytesIO(lire_pdf(acte))).pages
    brut = " ".join(page.extract_text() for page in pages)
    return " ".join(brut.replace("\u202f", " ").split())


def courriels():
    return {(c.destinataires, c.objet.replace("\u00a0", " ")) for c in CourrielRecu.objects.all()}


def test_l_accuse_contient_tout_ce_que_la_loi_exige(boite, settings):
    # Minuit passé à Paris : la date est celle d'ici, pas celle de Greenwich.
    with time_machine.travel(datetime(2026, 12, 30, 23, 30, tzinfo=UTC), tick=False):
        monde = outils.creer_monde()
        dossier = outils.deposer(monde)
        assert vider()["actes"] == 1
    acte = Acte.objects.get()
    assert acte.numero == "AR-2026-0001"
    lettre = texte_de(acte)
    for attendu in (
        "jeudi 31 décembre 2026 à 0 h 30",  # date de réception
        dossier.numero,
        "1 500,00 €",
        "Service Politique de la Ville",  # service chargé du dossier, adresse, téléphone, courriel
        "1 place du Parvis",
        "0321000000",
        "politique.ville0@ville.test",
        "L. 231-4",  # le silence vaut rejet, et quand
        "28 février 2027",
        "Sous réserve que votre demande soit complète",
        "tribunal administratif de Lille",  # voies et délai de recours contre le rejet implicite
        "dans un délai de deux mois",
        "Maire",
        "mars 2027",
        f"{settings.URL_PUBLIQUE}/verifier/{acte.code}/",
    ):
        assert attendu in lettre
    recu = CourrielRecu.objects.get()
    assert recu.destinataires == "alice0@asso.test"
    assert [piece["nom"] for piece in recu.pieces] == ["AR-2026-0001.pdf"]


def test_tous_les_membres_de_l_organisme_recoivent_et_eux_seuls(monde, boite):
    outils.ajouter_bruno(monde)
    outils.creer_monde(1)
    outils.deposer(monde)
    vider()
    assert {c.destinataires for c in boite.all()} == {"alice0@asso.test", "bruno@asso.test"}


def test_un_double_clic_ne_fait_qu_une_lettre(monde, boite):
    dossier = outils.brouillon(monde)
    operations.deposer(dossier, par=monde.alice, **SIGNE)
    with pytest.raises(TransitionInterdite):
        operations.deposer(dossier, par=monde.alice, **SIGNE)
    vider()
    vider()
    assert boite.count() == Acte.objects.count() == 1


def test_douze_depots_font_douze_lettres(monde, boite):
    for rang in range(12):
        outils.deposer(monde, f"Action {rang}")
    assert vider() == {"faits": 36, "copies": 12, "actes": 12, "procès-verbaux": 0, "classeurs": 0, "courriels": 12}
    assert boite.count() == 12
    assert list(Acte.objects.values_list("sequence", flat=True)) == list(range(1, 13))


def test_une_attribution_va_jusqu_a_la_lettre_et_au_dossier_notifie(monde, boite):
    dossier = outils.decider(monde, outils.deposer(monde))
    vider()
    dossier.refresh_from_db()
    assert dossier.etat == "notifie"
    lettre = texte_de(Acte.objects.get(nature="attribution"))
    for attendu in (
        "délibération n° 2027-031 du 20 mars 2027",
        "le conseil municipal a décidé",
        "1 200,00 €",
        "mille deux cents euros",
        "60",
        "Promouvoir l’activité physique",
        "du quartier Le Centre",
        "0189",
        "30 juin 2028",
        "tribunal administratif de Lille",
        "Maxence Delattre",
    ):
        assert attendu in lettre
    assert "convention" not in lettre
    assert ("alice0@asso.test", f"Une décision est prise sur votre dossier n° {dossier.numero}") in courriels()
    envoi = Envoi.objects.get(objet__startswith="Une décision")
    assert envoi.acte_id == Acte.objects.get(nature="attribution").pk
    assert "1 200" not in envoi.texte


def test_au_dela_de_vingt_trois_mille_euros_la_lettre_annonce_la_convention(monde, boite):
    dossier = outils.deposer(monde)
    deliberation = Deliberation.objects.create(
        collectivite=monde.collectivite, appel=monde.appel, numero="2027-031", date=timezone.localdate(), organe="x"
    )
    Decision.objects.create(
        dossier=dossier,
        financeur=monde.financeur,
        sens="accorde",
        montant=Decimal("23000.01"),
        deliberation=deliberation,
    )
    outils.decider(monde, dossier)
    vider()
    assert "signature d’une convention" in texte_de(Acte.objects.get(nature="attribution"))


def test_un_refus_donne_ses_motifs_et_ses_recours(monde, boite):
    dossier = outils.decider(monde, outils.deposer(monde), accorde=False)
    vider()
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.issue) == ("notifie", "refuse")
    lettre = texte_de(Acte.objects.get(nature="refus"))
    for attendu in ("insuffisamment cofinancé", "Le cofinancement manque", "20 mars 2027", "« Santé »", "Télérecours"):
        assert attendu in lettre


def test_une_irrecevabilite_est_notifiee(monde, boite):
    dossier = operations.declarer_irrecevable(outils.deposer(monde), par=monde.denis, motif="Action hors quartier.")
    vider()
    dossier.refresh_from_db()
    assert dossier.etat == "notifie"
    assert "Action hors quartier" in texte_de(Acte.objects.get(nature="irrecevabilite"))


def test_la_lettre_ne_change_pas_si_la_fiche_change_avant_sa_composition(monde, boite):
    outils.deposer(monde)
    from notifications.relais import diffuser_tout

    diffuser_tout()
    monde.organisme.nom = "Nom changé"
    monde.organisme.save()
    vider()
    assert "Les Jardins du Coron" in texte_de(Acte.objects.get())


def test_une_valeur_manquante_refuse_l_acte_et_le_dit(monde, boite, caplog):
    monde.collectivite.service_telephone = ""
    monde.collectivite.save()
    outils.deposer(monde)
    vider()
    acte = Acte.objects.get()
    assert (acte.produit_le, acte.essais, boite.count()) == (None, 1, 0)
    assert "telephone" in acte.derniere_erreur
    assert "ChampManquant" in caplog.text
    assert a_produire() == []
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert a_produire() == [acte.pk]
    assert production.produire_acte(acte.pk) is False


def test_un_acte_se_compose_deux_fois_aux_memes_octets_et_ne_se_range_qu_une(monde, boite):
    outils.deposer(monde)
    vider()
    acte = Acte.objects.get()
    from notifications.actes import composer

    assert composer(acte) == lire_pdf(acte)
    assert production.produire_acte(acte.pk) is False
    assert Evenement.objects.filter(type="acte.produire").count() == 1


def test_une_decision_defaite_avant_la_diffusion_n_ecrit_a_personne(monde, boite, caplog):
    dossier = operations.declarer_recevable(outils.deposer(monde), par=monde.denis)
    operations.revenir(dossier, "revenir_au_depot", par=monde.denis, motif="Erreur de dossier.")
    vider()
    assert [c.objet for c in boite.all() if "recevable" in c.objet] == []
    assert "sans suite" in caplog.text


def test_les_complements_demandes_puis_recus(monde, boite):
    dossier = outils.deposer(monde)
    limite = timezone.localdate() + timedelta(days=15)
    operations.demander_complement(dossier, par=monde.denis, message="Le RIB & les statuts", limite_le=limite)
    vider()
    demande = next(c for c in boite.all() if "compléter" in c.objet)
    assert "Le RIB & les statuts" in demande.texte
    assert "Le RIB &amp; les statuts" in demande.html
    assert "L.\u00a0114-5" in demande.texte
    operations.completer(dossier, par=monde.alice)
    vider()
    assert ("denis0@ville.test", f"Compléments reçus : dossier n° {dossier.numero}") in courriels()


def test_un_retrait_previent_l_organisme_et_le_service(monde, boite):
    dossier = outils.deposer(monde)
    operations.retirer(dossier, par=monde.alice)
    vider()
    assert {a for a, objet in courriels() if "retiré" in objet} == {"alice0@asso.test", "denis0@ville.test"}
