"""Les sorties vers d'autres machines : l'API et les données ouvertes disent les mêmes chiffres."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from dossiers.etats import Etat
from programmation.donnees_ouvertes import colonnes
from programmation.models import Decision
from programmation.tableau import Fermete, Filtres, lire
from tests.fabriques import AppelFactory, DeliberationFactory, agent_de, dossier_chiffre
from tests.fabriques_comptes import siret_valable

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def appel():
    return AppelFactory(annee=2027)


def notifier(appel, montant="2500.10", etat=Etat.NOTIFIE):
    financeur = appel.financeurs.first()
    dossier = dossier_chiffre(appel, {financeur: D(montant)}, etat=etat)
    Decision.objects.create(
        dossier=dossier, financeur=financeur, sens="accorde", montant=D(montant),
        deliberation=DeliberationFactory(appel=appel),
    )  # fmt: skip
    return dossier


def test_l_api_rend_les_totaux_de_la_page(appel, client):
    for montant in ("1000.10", "20.20"):
        notifier(appel, montant)
    adresse = reverse("api-programmation", args=[appel.slug])
    assert client.get(adresse).status_code in (401, 403)
    client.force_login(agent_de(AppelFactory().collectivite))
    assert client.get(adresse).status_code == 404
    client.force_login(agent_de(appel.collectivite))
    recu = client.get(adresse, {"fermete": "vote"}).json()
    total = lire(appel, Filtres(fermete=Fermete.VOTE)).total
    assert recu["total"]["total_retenu"] == str(total["total_retenu"]) == "1020.30"
    assert sum(D(g["totaux"]["total_retenu"]) for g in recu["groupes"]) == total["total_retenu"]
    assert [ligne["valeurs"]["total_retenu"] for g in recu["groupes"] for ligne in g["lignes"]] == ["1000.10", "20.20"]


def exporter(**options):
    sortie = io.StringIO()
    call_command("exporter_scdl", annee=2027, stdout=sortie, **options)
    return list(csv.DictReader(io.StringIO(sortie.getvalue())))


def test_les_donnees_ouvertes_suivent_le_schema_sans_rien_de_personnel(appel, client):
    type(appel.collectivite).objects.filter(pk=appel.collectivite_id).update(siret=siret_valable(9_999_999))
    dossier = notifier(appel)
    notifier(appel, etat=Etat.DECIDE)  # pas encore notifié : rien à publier
    (ligne,) = exporter()
    assert list(ligne) == colonnes("scdl")
    assert (ligne["montant"], ligne["idBeneficiaire"], ligne["notificationUE"]) == (
        "2500.10", dossier.organisme.siret, "non"
    )  # fmt: skip
    (reglementaire,) = exporter(format="etalab")
    assert len(reglementaire) == 14
    assert "_" in reglementaire["datesPeriodeVersement"]
    page = client.get(reverse("donnees-ouvertes"), {"annee": "2027"}).content.decode()
    assert ligne["referenceDecision"] in page
    for secret in (dossier.organisme.representant_nom, dossier.organisme.iban, dossier.organisme.courriel):
        assert secret not in page


def test_un_export_non_conforme_est_refuse(appel, client):
    notifier(appel)
    with pytest.raises(CommandError, match="idAttribuant est vide"):
        exporter()
    assert client.get(reverse("donnees-ouvertes"), {"annee": "2027"}).status_code == 503
    assert client.get(reverse("donnees-ouvertes"), {"annee": "2031"}).content.decode().count("\n") == 1
