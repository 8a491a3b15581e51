"""Le classeur d'une réunion : ce qu'il contient, à qui il est, quand il se ferme et s'efface."""

import io
import re
from datetime import timedelta

import page
import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from comptes.models import Role
from dossiers import operations as dossiers
from dossiers.models import Dossier
from evaluation import operations
from evaluation.classeur import composer, passages_lisibles
from evaluation.models import Classeur, Deport, PassageDossier, Reunion
from evaluation.operations import OperationRefusee
from journal.models import Evenement
from notifications.tasks import balayer
from notifications.travail import vider
from tests.evaluation.conftest import personne
from tests.fabriques import AffectationFactory, MembreFactory
from tests.fabriques_evaluation import DeportFactory, MembreReunionFactory, PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db
REUNION_AVEC_CLASSEUR = 15


def lire(octets):
    brut = " ".join(feuille.extract_text() for feuille in PdfReader(io.BytesIO(octets)).pages)
    return re.sub(r"\s+", " ", brut)


def preparer(seance, utilisateur=None):
    """Le classeur demandé et produit."""
    classeur = operations.demander_classeur(seance.reunion, par=utilisateur or seance.eva)
    vider()
    classeur.refresh_from_db()
    return classeur


def octets_de(classeur):
    with classeur.fichier.open() as fichier:
        return fichier.read()


def ajouter(seance, intitule, **champs):
    return PassageFactory(reunion=seance.reunion, dossier__intitule=intitule, **champs)


def page_de(client, seance, utilisateur):
    client.force_login(utilisateur)
    reponse = client.get(reverse("reunions-detail", args=[seance.reunion.pk]))
    return reponse.content.decode()


def telecharger(client, classeur, utilisateur):
    """Le PDF, ou le code du refus."""
    client.force_login(utilisateur)
    reponse = client.get(reverse("classeur-telecharger", args=[classeur.pk]))
    return b"".join(reponse.streaming_content) if reponse.streaming else reponse.status_code


# Ce qu'il contient


def test_le_classeur_suit_l_ordre_du_jour_avec_ses_signets_et_son_sommaire(seance):
    ajouter(seance, "Cuisiner ensemble")
    bloc = ajouter(seance, "Danser au pied des tours", sans_debat=True)
    classeur = preparer(seance)
    assert classeur.numeros == [seance.dossier.numero, *_numeros(seance)[1:]]
    lecteur = PdfReader(io.BytesIO(octets_de(classeur)))
    signets = [signet for signet in lecteur.outline if not isinstance(signet, list)]
    assert [signet.title.split(" · ")[0] for signet in signets] == classeur.numeros
    pages = [lecteur.get_destination_page_number(signet) + 1 for signet in signets]
    for rang, (numero, premiere) in enumerate(zip(classeur.numeros, pages, strict=True)):
        texte = lecteur.pages[premiere - 1].extract_text()
        assert numero in texte, rang
        assert "Synthèse" in texte
        assert f"page {premiere} / " in texte
    garde = lire(octets_de(classeur)).split("Sommaire")[1]
    for numero, premiere in zip(classeur.numeros, pages, strict=True):
        assert re.search(rf"{numero}.*? € {premiere} ", garde), (numero, premiere)
    assert "Proposés sans débat" in garde[: garde.index(bloc.dossier.numero)]
    volets = [s.title for s in lecteur.outline[1] if not isinstance(s, list)]
    assert volets == ["Synthèse", "Le dossier"]


def _numeros(seance):
    return list(seance.reunion.passages.order_by("rang").values_list("dossier__numero", flat=True))


def test_le_classeur_est_accessible_et_archivable(seance):
    ajouter(seance, "Jardin <partagé> & cuisine {{ commune }}")
    seance.envoyer(seance.eva, commentaire="Bien située.\n\nÀ suivre.")
    octets = octets_de(preparer(seance))
    for profil in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
        assert page.validate_pdf_bytes(octets, profile=profil).failures == []
    assert "{{ commune }}" in lire(octets)


def test_la_reprise_redonne_les_memes_octets(seance):
    jadis = timezone.now() - timedelta(minutes=5)
    demande = operations.demander_classeur(seance.reunion, par=seance.eva)
    Classeur.objects.filter(pk=demande.pk).update(demande_le=jadis)
    classeur = preparer(seance)
    relu = Classeur.objects.select_related("reunion__appel", "reunion__collectivite").get(pk=classeur.pk)
    assert composer(relu, passages_lisibles(relu.reunion, relu.utilisateur)) == octets_de(classeur)
    # L'heure de la demande, jamais celle de la composition : la reprise d'une autre seconde dit la même.
    assert PdfReader(io.BytesIO(octets_de(classeur))).metadata.creation_date == jadis.replace(microsecond=0)


def test_mes_notes_y_sont_jamais_celles_des_autres(seance):
    seance.envoyer(seance.eva, commentaire="Mon avis amarante.")
    seance.envoyer(seance.farid, niveau=1, commentaire="Une réserve garance.")
    critere = seance.appel.criteres.first()
    Dossier.objects.filter(pk=seance.dossier.pk).update(description="Un atelier vermeil chaque samedi.")
    operations.epingler(seance.dossier, par=seance.farid, critere=critere, texte="Un atelier vermeil")
    texte = lire(octets_de(preparer(seance)))
    assert "Mon avis amarante" in texte
    assert "80,00 sur 100" in texte
    assert "garance" not in texte
    assert "Mes passages épinglés" not in texte
    de_farid = lire(octets_de(preparer(seance, seance.farid)))
    assert "Mes passages épinglés" in de_farid
    assert "amarante" not in de_farid


def test_une_notation_en_cours_n_y_figure_pas(seance):
    operations.enregistrer_evaluation(
        seance.dossier, par=seance.eva, notes=seance.grille(), commentaire="Un brouillon amarante."
    )
    texte = lire(octets_de(preparer(seance)))
    assert "amarante" not in texte
    assert "Mes notes" not in texte


def test_ni_coordonnees_ni_compte_bancaire(seance):
    organisme = seance.dossier.organisme
    organisme.representant_telephone, organisme.representant_courriel = "0601020304", "alice@secret.test"
    organisme.titulaire_compte = "Association Zinzolin"
    organisme.save()
    texte = lire(octets_de(preparer(seance)))
    assert seance.dossier.organisme.nom in texte
    for secret in ("0601020304", "06 01 02 03 04", "alice@secret.test", "Zinzolin", organisme.iban_fin):
        assert secret not in texte, secret


# À qui il est, et ce qui ne s'y trouve pas


def test_un_dossier_deporte_n_y_est_ni_nomme_ni_compte(seance):
    ferme = ajouter(seance, "Cirque zinzolin").dossier
    dernier = ajouter(seance, "Danser au pied des tours").dossier
    DeportFactory(dossier=ferme, utilisateur=seance.eva)
    classeur = preparer(seance)
    assert classeur.numeros == [seance.dossier.numero, dernier.numero]
    texte = lire(octets_de(classeur))
    assert "Sommaire · 2 dossiers" in texte
    for mot in (ferme.numero, "zinzolin", ferme.organisme.nom, "éport"):
        assert mot not in texte, mot


def test_le_dossier_de_son_propre_organisme_n_y_est_pas(seance):
    MembreFactory(utilisateur=seance.eva, organisme=seance.dossier.organisme)
    autre = ajouter(seance, "Cuisiner ensemble").dossier
    assert preparer(seance).numeros == [autre.numero]


def test_un_dossier_retire_n_y_est_pas(seance):
    autre = ajouter(seance, "Cuisiner ensemble").dossier
    dossiers.retirer(seance.dossier, par=MembreFactory(organisme=seance.dossier.organisme).utilisateur)
    assert preparer(seance).numeros == [autre.numero]
    assert preparer(seance, seance.denis).numeros == [autre.numero]


@pytest.mark.parametrize("qui", ["eva", "gisele", "denis"])
def test_chacun_telecharge_le_sien_et_personne_celui_d_un_autre(client, seance, qui):
    proprietaire = getattr(seance, qui)
    classeur = preparer(seance, proprietaire)
    assert telecharger(client, classeur, proprietaire) == octets_de(classeur)
    etranger = AffectationFactory(role=Role.AGENT).utilisateur
    for autre in {seance.eva, seance.farid, seance.gisele, seance.denis, etranger} - {proprietaire}:
        assert telecharger(client, classeur, autre) == 404


def test_un_classeur_pas_encore_produit_ne_se_telecharge_pas(client, seance):
    classeur = operations.demander_classeur(seance.reunion, par=seance.eva)
    assert telecharger(client, classeur, seance.eva) == 404


# Ce qui le ferme


def test_se_deporter_ferme_le_classeur_et_efface_son_fichier(client, seance, django_capture_on_commit_callbacks):
    ajouter(seance, "Cuisiner ensemble")
    classeur, de_farid = preparer(seance), preparer(seance, seance.farid)
    nom = classeur.fichier.name
    assert default_storage.exists(nom)
    with django_capture_on_commit_callbacks(execute=True):
        operations.declarer_deport(seance.dossier, par=seance.eva, motif="Trésorière.")
    assert telecharger(client, classeur, seance.eva) == 404
    assert not default_storage.exists(nom)
    assert not Classeur.objects.filter(pk=classeur.pk).exists()
    assert telecharger(client, de_farid, seance.farid) != 404
    assert "Préparer mon classeur" in page_de(client, seance, seance.eva)


def test_le_fichier_ne_se_sert_plus_meme_si_l_effacement_n_a_pas_eu_lieu(client, seance):
    """La panne d'entre la validation et l'effacement : la page, le fichier et le balayage la supportent."""
    classeur = preparer(seance)
    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Trésorière.")
    assert default_storage.exists(classeur.fichier.name)
    assert telecharger(client, classeur, seance.eva) == 404
    balayer()
    assert not default_storage.exists(classeur.fichier.name)


def test_un_deport_ecrit_sans_verbe_ferme_quand_meme(client, seance):
    classeur = preparer(seance)
    Deport.objects.bulk_create([Deport(dossier=seance.dossier, utilisateur=seance.eva, motif="En lot.")])
    assert telecharger(client, classeur, seance.eva) == 404
    assert reverse("classeur-telecharger", args=[classeur.pk]) not in page_de(client, seance, seance.eva)


def test_un_deport_pendant_la_preparation_la_ferme(seance):
    ajouter(seance, "Cuisiner ensemble")
    classeur = operations.demander_classeur(seance.reunion, par=seance.eva)
    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Trésorière.")
    assert operations.produire_classeur(classeur.pk) is False
    assert not Classeur.objects.filter(produit_le__isnull=False).exists()


def test_un_deport_entre_la_composition_et_le_rangement_ne_range_rien(seance, monkeypatch):
    classeur = operations.demander_classeur(seance.reunion, par=seance.eva)
    dossier = seance.dossier

    def composer_puis_deporter(*_):
        Deport.objects.bulk_create([Deport(dossier=dossier, utilisateur=seance.eva, motif="Entre-temps.")])
        return b"%PDF-"

    monkeypatch.setattr("evaluation.classeur.composer", composer_puis_deporter)
    assert operations.produire_classeur(classeur.pk) is False
    classeur.refresh_from_db()
    assert (classeur.produit_le, classeur.fichier.name) == (None, "")


def test_quitter_la_reunion_ferme_le_classeur(client, seance):
    classeur = preparer(seance, seance.gisele)
    operations.retirer_membre(seance.membre(seance.gisele), par=seance.denis)
    classeur.refresh_from_db()
    assert classeur.ferme_le
    assert telecharger(client, classeur, seance.gisele) == 404


def test_un_dossier_retire_apres_la_preparation_laisse_le_classeur_a_refaire(client, seance):
    ajouter(seance, "Cuisiner ensemble")
    classeur = preparer(seance)
    dossiers.retirer(seance.dossier, par=MembreFactory(organisme=seance.dossier.organisme).utilisateur)
    assert telecharger(client, classeur, seance.eva) == 404
    assert "À refaire" in page_de(client, seance, seance.eva)
    assert preparer(seance).numeros == _numeros(seance)[1:]


def test_supprimer_la_reunion_efface_le_fichier(seance, django_capture_on_commit_callbacks):
    classeur = preparer(seance)
    PassageDossier.objects.filter(reunion=seance.reunion).delete()
    with django_capture_on_commit_callbacks(execute=True):
        operations.supprimer_reunion(seance.reunion, par=seance.denis)
    assert not Classeur.objects.exists()
    assert not default_storage.exists(classeur.fichier.name)


def test_le_classeur_s_efface_apres_la_reunion(client, seance, settings):
    classeur = preparer(seance)
    settings.CONSERVATION_CLASSEURS_JOURS = 10
    Reunion.objects.update(debut=timezone.now() - timedelta(days=9, hours=23))
    assert operations.effacer_les_classeurs() == 0
    assert telecharger(client, classeur, seance.eva) != 404
    Reunion.objects.update(debut=timezone.now() - timedelta(days=10, minutes=1))
    assert telecharger(client, classeur, seance.eva) == 404
    balayer()
    assert not Classeur.objects.exists()
    assert not default_storage.exists(classeur.fichier.name)
    assert "Préparer mon classeur" not in page_de(client, seance, seance.eva)
    seance.reunion.refresh_from_db()
    with pytest.raises(OperationRefusee, match="passée"):
        operations.demander_classeur(seance.reunion, par=seance.eva)


def test_un_entrepot_en_panne_laisse_la_ligne_fermee_et_le_balayage_recommence(seance, monkeypatch, caplog):
    classeur = preparer(seance)
    operations.fermer_classeurs(seance.eva.pk, [seance.reunion.pk])

    def en_panne(*_):
        raise OSError("entrepôt en panne")

    with monkeypatch.context() as panne:
        panne.setattr(FileSystemStorage, "delete", en_panne)
        assert operations.effacer_les_classeurs() == 0
    assert "non effacé" in caplog.text
    assert operations.effacer_les_classeurs() == 1
    assert not default_storage.exists(classeur.fichier.name)


# Le préparer


def test_la_page_dit_ou_en_est_le_classeur(client, seance):
    assert "Préparer mon classeur" in page_de(client, seance, seance.eva)
    reponse = client.post(reverse("classeur-preparer", args=[seance.reunion.pk]), follow=True)
    assert "Votre classeur se prépare" in reponse.content.decode()
    en_cours = page_de(client, seance, seance.eva)
    assert "En préparation" in en_cours
    assert "Préparer mon classeur" not in en_cours
    vider()
    pret = page_de(client, seance, seance.eva)
    assert reverse("classeur-telecharger", args=[Classeur.objects.get().pk]) in pret
    assert "À refaire" not in pret
    operations.modifier_reunion(seance.reunion, par=seance.denis, lieu="Salle des fêtes")
    assert "À refaire" in page_de(client, seance, seance.eva)
    assert "Mon classeur (PDF)" in page_de(client, seance, seance.eva)


@pytest.mark.parametrize("quoi", ["ordre", "inscrit", "dossier", "notes", "membre"])
def test_ce_qui_change_laisse_le_classeur_a_refaire(client, seance, quoi):
    second = ajouter(seance, "Cuisiner ensemble")
    preparer(seance)
    assert "À refaire" not in page_de(client, seance, seance.eva)
    if quoi == "ordre":
        operations.deplacer(second, par=seance.denis, vers=1)
    elif quoi == "inscrit":
        ajouter(seance, "Danser")
    elif quoi == "dossier":
        seance.dossier.save()
    elif quoi == "notes":
        seance.envoyer(seance.eva)
    else:
        MembreReunionFactory(reunion=seance.reunion)
    assert "À refaire" in page_de(client, seance, seance.eva)
    preparer(seance)
    assert "À refaire" not in page_de(client, seance, seance.eva)


def test_les_notes_des_autres_ne_changent_pas_mon_classeur(client, seance):
    preparer(seance)
    seance.envoyer(seance.farid)
    assert "À refaire" not in page_de(client, seance, seance.eva)


def test_deux_clics_ne_font_qu_un_classeur(seance):
    premier = operations.demander_classeur(seance.reunion, par=seance.eva)
    assert operations.demander_classeur(seance.reunion, par=seance.eva) == premier
    vider()
    assert operations.produire_classeur(premier.pk) is False
    assert Evenement.objects.filter(type="reunion.demander_classeur").count() == 1


def test_le_nouveau_remplace_l_ancien_une_fois_pret(client, seance, django_capture_on_commit_callbacks):
    ancien = preparer(seance)
    nouveau = operations.demander_classeur(seance.reunion, par=seance.eva)
    assert telecharger(client, ancien, seance.eva) != 404
    with django_capture_on_commit_callbacks(execute=True):
        vider()
    assert telecharger(client, ancien, seance.eva) == 404
    assert telecharger(client, nouveau, seance.eva) != 404
    assert Classeur.objects.count() == 1


def test_une_demande_oubliee_par_le_courtier_est_reprise_par_le_balayage(seance, monkeypatch):
    classeur = operations.demander_classeur(seance.reunion, par=seance.eva)
    demandes = []
    monkeypatch.setattr("notifications.tasks.demander", lambda *quoi: demandes.append(quoi))
    balayer()
    assert ("produire_classeur", classeur.pk) not in demandes
    Classeur.objects.update(demande_le=timezone.now() - timedelta(minutes=2))
    balayer()
    assert ("produire_classeur", classeur.pk) in demandes


def test_une_preparation_qui_echoue_ne_tourne_pas_sans_fin(client, seance, monkeypatch, caplog):
    classeur = operations.demander_classeur(seance.reunion, par=seance.eva)
    with monkeypatch.context() as panne:
        panne.setattr("evaluation.classeur.composer", lambda *_: 1 / 0)
        assert operations.produire_classeur(classeur.pk) is False
    assert "ZeroDivisionError" in caplog.text
    Classeur.objects.update(demande_le=timezone.now() - timedelta(hours=1, minutes=1))
    assert operations.produire_classeur(classeur.pk) is False
    echec = page_de(client, seance, seance.eva)
    assert "n’a pas abouti" in echec
    assert "Préparer mon classeur" in echec
    assert preparer(seance).produit_le


def test_qui_ne_siege_pas_n_a_pas_de_classeur(client, seance):
    intruse = personne(seance.appel, Role.EVALUATEUR, "Hélène", "Morel")
    with pytest.raises(OperationRefusee):
        operations.demander_classeur(seance.reunion, par=intruse)
    client.force_login(intruse)
    assert client.post(reverse("classeur-preparer", args=[seance.reunion.pk])).status_code == 404
    assert not Classeur.objects.exists()


@pytest.mark.parametrize("cas", ["sans dossier", "tous fermés"])
def test_rien_a_lire_rien_a_preparer(client, seance, cas):
    if cas == "sans dossier":
        PassageDossier.objects.all().delete()
    else:
        DeportFactory(dossier=seance.dossier, utilisateur=seance.eva)
    page_lue = page_de(client, seance, seance.eva)
    assert "Préparer mon classeur" not in page_lue
    assert "aucun dossier à y mettre" in page_lue
    reponse = client.post(reverse("classeur-preparer", args=[seance.reunion.pk]), follow=True)
    assert "aucun dossier à mettre" in reponse.content.decode()
    assert not Classeur.objects.exists()


def test_une_reunion_annulee_n_a_pas_de_classeur(client, seance):
    classeur = preparer(seance)
    Reunion.objects.update(annulee_le=timezone.now(), close_le=timezone.now())
    assert "Préparer mon classeur" not in page_de(client, seance, seance.eva)
    with pytest.raises(OperationRefusee, match="annulée"):
        operations.demander_classeur(seance.reunion, par=seance.eva)
    assert telecharger(client, classeur, seance.eva) != 404


def test_une_reunion_sans_dossiers_n_a_pas_de_classeur(client, seance):
    groupe = ReunionFactory(sans_dossiers=True, collectivite=seance.appel.collectivite)
    client.force_login(seance.denis)
    assert "classeur" not in client.get(reverse("reunions-detail", args=[groupe.pk])).content.decode().lower()
    assert client.post(reverse("classeur-preparer", args=[groupe.pk])).status_code == 404
    with pytest.raises(OperationRefusee, match="examine des dossiers"):
        operations.demander_classeur(groupe, par=seance.denis)


@pytest.mark.parametrize("dossiers_inscrits", [1, 3])
def test_un_classeur_pret_coute_autant_avec_trois_dossiers_qu_avec_un(
    client, seance, django_assert_num_queries, dossiers_inscrits
):
    for rang in range(dossiers_inscrits - 1):
        ajouter(seance, f"Action {rang}")
    preparer(seance)
    client.force_login(seance.eva)
    with django_assert_num_queries(REUNION_AVEC_CLASSEUR):
        client.get(reverse("reunions-detail", args=[seance.reunion.pk]))
