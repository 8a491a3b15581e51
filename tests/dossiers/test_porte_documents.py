"""« Dites-le-nous une fois » : ce que l'organisme a déjà donné se joint seul, d'un clic, et se range d'une case."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from appels.models import PieceDemandee
from comptes.models import DocumentPermanent, NatureDocument
from dossiers import operations
from dossiers.completude import manques
from dossiers.models import Dossier
from dossiers.pieces import compte
from tests.fabriques import AppelFactory, MembreFactory, OrganismeFactory
from tests.fabriques_appels import PieceDemandeeFactory
from tests.fabriques_dossiers import DossierFactory, fichier
from tests.fabriques_fichiers import pdf

pytestmark = pytest.mark.django_db
Obligation = PieceDemandee.Obligation


def document(organisme, nature=NatureDocument.STATUTS, texte="Statuts", **champs):
    octets = pdf(texte)
    champs = {"nom": "statuts.pdf", "sha256": f"{hash(texte) & 0xFFFF:064x}", **champs}
    return DocumentPermanent.objects.create(
        organisme=organisme,
        nature=nature,
        fichier=ContentFile(octets, name="x"),
        type_mime="application/pdf",
        taille=len(octets),
        **champs,
    )


@pytest.fixture
def alice(client):
    alice = MembreFactory().utilisateur
    client.force_login(alice)
    return alice


@pytest.fixture
def organisme(alice):
    return alice.appartenances.get().organisme


@pytest.fixture
def appel():
    appel = AppelFactory()
    PieceDemandeeFactory(appel=appel, libelle="Statuts", nature=NatureDocument.STATUTS)
    return appel


@pytest.fixture
def dossier(appel, organisme):
    return DossierFactory(appel=appel, organisme=organisme)


def page(client, dossier):
    return client.get(reverse("dossiers-pieces", args=[dossier.numero]))


def reprendre(client, dossier, **champs):
    return client.post(reverse("dossiers-porte-documents", args=[dossier.numero]), champs)


def demandee(dossier):
    return dossier.appel.pieces_demandees.get()


def hier():
    return timezone.localdate() - timedelta(days=1)


def test_un_dossier_s_ouvre_avec_ce_que_l_organisme_a_deja_donne(appel, organisme, alice):
    statuts = document(organisme)
    dossier = operations.commencer(appel, organisme, par=alice)
    piece = dossier.pieces.get()
    assert (piece.document, piece.demandee, piece.nom) == (statuts, demandee(dossier), "statuts.pdf")
    assert piece.fichier.name != statuts.fichier.name
    with piece.fichier.open() as copie:
        assert copie.read() == pdf("Statuts")
    assert not [manque for manque in manques(dossier) if manque.etape == "pieces"]


def test_recommencer_le_meme_brouillon_ne_joint_rien_en_double(appel, organisme, alice):
    document(organisme)
    operations.commencer(appel, organisme, par=alice)
    assert operations.commencer(appel, organisme, par=alice).pieces.count() == 1


def test_ni_perime_ni_retire_ni_d_un_autre_n_est_repris(appel, organisme, alice):
    document(organisme, texte="a", valable_jusqu_au=hier())
    document(organisme, texte="b", retire_le=timezone.now())
    document(OrganismeFactory(), texte="c")
    document(organisme, NatureDocument.COMPTES, texte="d")
    assert not operations.commencer(appel, organisme, par=alice).pieces.exists()


def test_valable_aujourd_hui_encore(appel, organisme, alice):
    document(organisme, valable_jusqu_au=timezone.localdate())
    assert operations.commencer(appel, organisme, par=alice).pieces.exists()


def test_un_document_illisible_n_empeche_pas_de_commencer(appel, organisme, alice):
    perdu = document(organisme)
    perdu.fichier.storage.delete(perdu.fichier.name)
    dossier = operations.commencer(appel, organisme, par=alice)
    assert not dossier.pieces.exists()
    assert Dossier.objects.filter(pk=dossier.pk).exists()


def test_le_document_est_propose_puis_joint_d_un_clic(client, dossier, organisme):
    statuts = document(organisme, depose_le=timezone.make_aware(timezone.datetime(2026, 3, 12)))
    vue = page(client, dossier).content.decode()
    assert "« statuts.pdf », déposé le 12 mars 2026" in vue
    assert "1 document de votre porte-documents répond à ce qui est demandé" in vue
    reponse = reprendre(client, dossier, document=statuts.pk, demandee=demandee(dossier).pk)
    assert reponse.url.endswith(f"#piece-{demandee(dossier).pk}")
    assert dossier.pieces.get().document == statuts
    assert "reprise du porte-documents" in page(client, dossier).content.decode()


def test_tout_reprendre_d_un_clic(client, dossier, organisme):
    PieceDemandeeFactory(appel=dossier.appel, libelle="RIB", nature=NatureDocument.RIB)
    document(organisme, texte="a")
    document(organisme, NatureDocument.RIB, texte="b", nom="rib.pdf")
    reprendre(client, dossier)
    assert {piece.nom for piece in dossier.pieces.all()} == {"statuts.pdf", "rib.pdf"}


def test_perime_la_page_le_dit_et_ne_le_propose_pas(client, dossier, organisme):
    perime = document(organisme, valable_jusqu_au=hier())
    vue = page(client, dossier).content.decode()
    assert f"n’est plus valable depuis le {hier():%d/%m/%Y}" in vue
    assert "Joindre ce document" not in vue
    reprendre(client, dossier, document=perime.pk, demandee=demandee(dossier).pk)
    assert not dossier.pieces.exists()


def test_une_piece_reprise_puis_perimee_se_signale(client, dossier, organisme, alice):
    statuts = document(organisme)
    operations.joindre_document(dossier, statuts, par=alice, demandee=demandee(dossier))
    DocumentPermanent.objects.update(valable_jusqu_au=hier())
    assert f"N’est plus valable depuis le {hier():%d/%m/%Y}" in page(client, dossier).content.decode()


def test_une_version_plus_recente_se_prend_a_la_place(client, dossier, organisme, alice):
    ancien = document(organisme, texte="a")
    piece = operations.joindre_document(dossier, ancien, par=alice, demandee=demandee(dossier))
    DocumentPermanent.objects.update(retire_le=timezone.now())
    neuf = document(organisme, texte="b", nom="statuts-2027.pdf", depose_le=timezone.now() + timedelta(minutes=1))
    assert "Une version plus récente est dans votre porte-documents" in page(client, dossier).content.decode()
    reprendre(client, dossier, document=neuf.pk, demandee=demandee(dossier).pk, remplace=piece.pk)
    assert [piece.nom for piece in dossier.pieces.all()] == ["statuts-2027.pdf"]


def test_le_document_d_un_autre_organisme_n_existe_pas(client, dossier):
    ailleurs = document(OrganismeFactory())
    assert reprendre(client, dossier, document=ailleurs.pk, demandee=demandee(dossier).pk).status_code == 404
    assert reprendre(client, dossier, document="²", demandee=demandee(dossier).pk).status_code == 404


def test_un_document_ne_repond_qu_a_sa_nature(client, dossier, organisme):
    autre = PieceDemandeeFactory(appel=dossier.appel, nature=NatureDocument.RIB)
    statuts = document(organisme)
    reprendre(client, dossier, document=statuts.pk, demandee=autre.pk)
    assert not dossier.pieces.exists()


def test_joindre_et_garder_dans_le_porte_documents(client, dossier, organisme, alice):
    envoi = {
        "demandee": demandee(dossier).pk,
        "fichier": fichier("statuts.pdf", pdf()),
        "garder": "on",
        "valable_jusqu_au": "2030-01-31",
    }
    client.post(reverse("dossiers-pieces", args=[dossier.numero]), envoi)
    range = DocumentPermanent.objects.get()
    assert (range.organisme, range.nature, range.depose_par) == (organisme, NatureDocument.STATUTS, alice)
    assert range.valable_jusqu_au == date(2030, 1, 31)
    with range.fichier.open() as garde, dossier.pieces.get().fichier.open() as jointe:
        assert garde.read() == jointe.read() == pdf()


def test_garder_plusieurs_fichiers_les_garde_tous(client, dossier):
    fichiers = [fichier(f"{n}.pdf", pdf(str(n))) for n in range(2)]
    envoi = {"demandee": demandee(dossier).pk, "fichier": fichiers, "garder": "on"}
    client.post(reverse("dossiers-pieces", args=[dossier.numero]), envoi)
    assert {d.precision for d in DocumentPermanent.objects.actuels()} == {"0.pdf", "1.pdf"}


def test_une_date_illisible_se_dit_sans_rien_joindre(client, dossier):
    envoi = {"demandee": demandee(dossier).pk, "fichier": fichier("s.pdf", pdf()), "garder": "on"}
    reponse = client.post(reverse("dossiers-pieces", args=[dossier.numero]), {**envoi, "valable_jusqu_au": "bientôt"})
    assert reponse.status_code == 422
    assert "Cette date n’est pas lisible." in reponse.content.decode()
    assert 'value="bientôt"' in reponse.content.decode()
    assert not dossier.pieces.exists()


@pytest.mark.parametrize(
    ("obligation", "organisme", "renouvelle", "montant", "attendu"),
    [
        (Obligation.TOUJOURS, "commune", False, 0, True),
        (Obligation.ASSOCIATION, "association", False, 0, True),
        (Obligation.ASSOCIATION, "commune", False, 0, False),
        (Obligation.RENOUVELLEMENT, "association", True, 0, True),
        (Obligation.RENOUVELLEMENT, "association", False, 0, False),
        (Obligation.MONTANT, "association", False, 22_999, False),
        (Obligation.MONTANT, "association", False, 23_000, True),
        (Obligation.JAMAIS, "association", True, 90_000, False),
    ],
    ids=str,
)
def test_quand_une_piece_est_obligatoire(obligation, organisme, renouvelle, montant, attendu):
    piece = PieceDemandee(obligation=obligation, a_partir_de=Decimal(23_000))
    porteur = OrganismeFactory.build(type=organisme)
    assert piece.est_obligatoire(porteur, renouvelle, Decimal(montant)) is attendu


def test_un_seuil_jamais_fixe_ne_se_franchit_pas():
    piece = PieceDemandee(obligation=Obligation.MONTANT)
    assert not piece.est_obligatoire(OrganismeFactory.build(), False, Decimal(10**6))


def test_la_page_dit_le_seuil_et_ce_qu_on_demande(client, organisme):
    dossier = DossierFactory(complet=True, organisme=organisme)
    PieceDemandeeFactory(appel=dossier.appel, libelle="Rapport", obligation=Obligation.MONTANT, a_partir_de=Decimal(1))
    vue = page(client, dossier).content.decode()
    assert "Obligatoire à partir de 1\u00a0€ demandés" in vue
    assert "Joignez la pièce « Rapport »." in {manque.message for manque in manques(dossier)}


def test_le_compte_ne_retient_que_l_obligatoire(dossier, alice):
    statuts = demandee(dossier)
    facultative = PieceDemandeeFactory(appel=dossier.appel, obligation=Obligation.JAMAIS)
    operations.joindre(dossier, fichier("a.pdf", pdf()), par=alice, demandee=facultative)
    assert compte(dossier) == (0, 1)
    operations.joindre(dossier, fichier("b.pdf", pdf()), par=alice, demandee=statuts)
    assert compte(dossier) == (1, 1)


def test_le_modele_se_telecharge_par_qui_voit_l_appel(client, dossier, alice):
    piece = demandee(dossier)
    adresse = reverse("pieces-modele", args=[piece.pk])
    assert client.get(adresse).status_code == 404
    piece.modele.save("modele.pdf", ContentFile(pdf("Modèle")))
    reponse = client.get(adresse)
    assert b"".join(reponse.streaming_content) == pdf("Modèle")
    assert reponse["Content-Disposition"] == 'attachment; filename="Statuts.pdf"'
    assert adresse in page(client, dossier).content.decode()
    dossier.appel.publie_le = None
    dossier.appel.save()
    assert client.get(adresse).status_code == 404


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_garde_un_nombre_constant_de_requetes(
    client, dossier, organisme, alice, nombre, django_assert_num_queries
):
    for rang in range(nombre):
        nature = list(NatureDocument)[rang]
        voulue = PieceDemandeeFactory(appel=dossier.appel, nature=nature)
        document(organisme, nature, texte=f"d{rang}")
        operations.joindre(dossier, fichier(f"{rang}.pdf", pdf(str(rang))), par=alice, demandee=voulue)
    page(client, dossier)
    with django_assert_num_queries(13):
        assert page(client, dossier).status_code == 200
