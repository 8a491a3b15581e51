"""Le classement : ce que chacun y lit, ce que disent les fichiers, combien de requêtes."""

import csv
import io
import time

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from comptes.models import Role
from dossiers.models import Cible, Financement
from evaluation import operations
from evaluation.models import AvisCitoyen, Evaluation, MembreReunion, Note
from tests.evaluation.conftest import personne
from tests.fabriques import AffectationFactory, FinanceurFactory, ObjectifFactory, QuartierFactory
from tests.fabriques_evaluation import (
    EvaluationFactory,
    FicheHabitantFactory,
    MembreReunionFactory,
    PassageFactory,
    ReunionFactory,
)

pytestmark = pytest.mark.django_db

CLASSEMENT = 15
CLASSEMENT_DE_L_APPEL = 14


@pytest.fixture
def classe(seance):
    """Trois dossiers notés par deux évaluateurs ; Farid, plus dur, n'a pas lu le meilleur des trois en double."""
    lea = personne(seance.appel, Role.EVALUATEUR, "Léa", "Petit")
    MembreReunionFactory(reunion=seance.reunion, utilisateur=lea)
    dossiers = {"premier": seance.dossier}
    for nom in ("second", "dernier"):
        dossiers[nom] = PassageFactory(reunion=seance.reunion).dossier
    niveaux = {"premier": 5, "second": 4, "dernier": 1}
    for nom, dossier in dossiers.items():
        for membre in (seance.eva, seance.farid, lea):
            EvaluationFactory(dossier=dossier, evaluateur=membre, niveau=niveaux[nom])
    return seance, dossiers


def page(client, seance, qui, **filtres):
    client.force_login(qui)
    return client.get(reverse("classement-reunion", args=[seance.reunion.pk]), filtres)


def numeros(reponse):
    return [ligne.dossier.numero for ligne in reponse.context["page"]]


def test_le_classement_suit_les_moyennes(client, classe):
    seance, dossiers = classe
    reponse = page(client, seance, seance.denis)
    assert numeros(reponse) == [dossiers[nom].numero for nom in ("premier", "second", "dernier")]
    assert [ligne.rang for ligne in reponse.context["page"]] == [1, 2, 3]
    assert "le classement ne change pas" in reponse.content.decode()


def test_des_notes_secretes_ne_classent_personne(client, seance):
    """Une note sur deux : ni moyenne, ni rang, ni correction, pour l'agent comme pour les membres."""
    EvaluationFactory(dossier=seance.dossier, evaluateur=seance.farid, niveau=5)
    for qui in (seance.denis, seance.eva, seance.farid):
        reponse = page(client, seance, qui)
        (ligne,) = reponse.context["page"]
        assert (ligne.rang, ligne.moyenne, ligne.corrigee, ligne.par_evaluateur) == (None, None, None, {})
        assert "notes incomplètes, 1 sur 2" in reponse.content.decode()


def test_qui_doit_encore_noter_ne_lit_pas_la_moyenne(client, classe):
    """Une personne arrivée après la découverte lit les dossiers, pas encore les notes des autres."""
    seance, _ = classe
    nouvelle = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    operations.convier(seance.reunion, nouvelle, par=seance.denis)
    assert page(client, seance, nouvelle).context["classement"].notes == 0
    assert page(client, seance, seance.eva).context["classement"].notes == 3


def test_un_deport_sort_le_dossier_du_classement_et_des_rangs(client, classe):
    seance, dossiers = classe
    operations.declarer_deport(dossiers["premier"], par=seance.eva, motif="Trésorière.")
    reponse = page(client, seance, seance.eva)
    assert numeros(reponse) == [dossiers["second"].numero, dossiers["dernier"].numero]
    assert [ligne.rang for ligne in reponse.context["page"]] == [1, 2]
    lu = reponse.content.decode()
    assert "1 dossier dont vous vous êtes déporté n’y figure pas" in lu
    assert dossiers["premier"].numero not in lu
    fichier = client.get(reverse("classement-reunion-fichier", args=[seance.reunion.pk, "csv"])).content.decode()
    assert dossiers["premier"].numero not in fichier
    # Pour les autres, ses notes ne comptent plus, mais le dossier reste premier.
    assert numeros(page(client, seance, seance.farid))[0] == dossiers["premier"].numero


def test_la_phrase_dit_ou_le_classement_change(client, seance):
    """Éva note deux niveaux au-dessus des autres, et n'a pas lu le second : corrigé, il passe devant."""
    lea = personne(seance.appel, Role.EVALUATEUR, "Léa", "Petit")
    MembreReunionFactory(reunion=seance.reunion, utilisateur=lea)
    autres = [PassageFactory(reunion=seance.reunion).dossier for _ in range(3)]
    premier, second, troisieme, quatrieme = (seance.dossier, *autres)
    for dossier, lecteurs in {
        premier: {seance.eva: 5, seance.farid: 2},
        second: {seance.farid: 3, lea: 3},
        troisieme: {seance.eva: 4, seance.farid: 2, lea: 2},
        quatrieme: {seance.eva: 3, seance.farid: 1, lea: 1},
    }.items():
        for membre, niveau in lecteurs.items():
            EvaluationFactory(dossier=dossier, evaluateur=membre, niveau=niveau)
    operations.marquer_presence(seance.membre(lea), MembreReunion.Presence.EXCUSE, par=seance.denis)
    seance.reunion.passages.update(decouvert_le=timezone.now())
    reponse = page(client, seance, seance.denis)
    assert numeros(reponse)[:2] == [premier.numero, second.numero]
    dit = reponse.context["classement"].phrase
    assert f"« {second.intitule} » passe de la 2e à la 1re place" in dit
    corriges = {ligne.dossier.pk: ligne.rang_corrige for ligne in reponse.context["page"]}
    assert corriges[second.pk] == 1
    assert numeros(page(client, seance, seance.denis, tri="corrige"))[0] == second.numero


def test_sans_lecture_commune_le_refus_est_poli(client, seance):
    second = PassageFactory(reunion=seance.reunion).dossier
    autres = [
        personne(seance.appel, Role.EVALUATEUR, "Ugo", "Blin"),
        personne(seance.appel, Role.EVALUATEUR, "Iris", "Lam"),
    ]
    for dossier, lecteurs in ((seance.dossier, (seance.eva, seance.farid)), (second, autres)):
        for membre in lecteurs:
            EvaluationFactory(dossier=dossier, evaluateur=membre)
    seance.reunion.passages.update(decouvert_le=timezone.now())
    reponse = page(client, seance, seance.denis)
    assert "2 groupes que personne n’a lus en commun" in reponse.content.decode()
    assert [ligne.rang for ligne in reponse.context["page"]] == [1, 1]
    assert "de la sévérité</span></th>" not in reponse.content.decode()


def test_filtrer_ne_change_pas_les_rangs(client, classe):
    seance, dossiers = classe
    dernier = dossiers["dernier"]
    reponse = page(client, seance, seance.denis, q=dernier.numero.lower())
    assert [(ligne.dossier.numero, ligne.rang) for ligne in reponse.context["page"]] == [(dernier.numero, 3)]
    assert numeros(page(client, seance, seance.denis, avis="favorable")) == []
    assert (
        "Aucun dossier ne répond à ces filtres."
        in page(client, seance, seance.denis, avis="favorable").content.decode()
    )
    assert len(numeros(page(client, seance, seance.denis, avis="sans"))) == 3
    assert len(numeros(page(client, seance, seance.denis, avis="<script>", tri="'; drop", page="zéro"))) == 3


def test_les_fichiers_disent_ce_que_dit_la_page(client, classe):
    seance, dossiers = classe
    seance.rendre(dossier=dossiers["second"])
    client.force_login(seance.denis)
    adresse = reverse("classement-reunion-fichier", args=[seance.reunion.pk, "csv"])
    lignes = list(csv.reader(io.StringIO(client.get(adresse).content.decode("utf-8-sig")), delimiter=";"))
    assert [ligne[2] for ligne in lignes[1:]] == [dossiers[nom].numero for nom in ("premier", "second", "dernier")]
    assert lignes[2][lignes[0].index("Avis")] == "Favorable"
    assert lignes[1][lignes[0].index("Moyenne sur 100")] == "100,00"
    adresse = reverse("classement-reunion-fichier", args=[seance.reunion.pk, "xlsx"])
    contenu = b"".join(client.get(adresse, {"q": dossiers["dernier"].numero}).streaming_content)
    feuille = openpyxl.load_workbook(io.BytesIO(contenu)).active
    assert [cellule.value for cellule in feuille[3]][:3] == [3, 3, dossiers["dernier"].numero]
    assert feuille.max_row == 3


def test_un_titre_en_formule_reste_un_texte(client, classe):
    seance, dossiers = classe
    type(seance.dossier).objects.filter(pk=dossiers["premier"].pk).update(intitule="=1+1")
    client.force_login(seance.denis)
    lu = client.get(reverse("classement-reunion-fichier", args=[seance.reunion.pk, "csv"])).content.decode()
    assert ";'=1+1;" in lu
    contenu = client.get(reverse("classement-reunion-fichier", args=[seance.reunion.pk, "xlsx"]))
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(contenu.streaming_content))).active
    assert feuille["D3"].value == "=1+1"
    assert feuille["D3"].data_type == "s"


def colonnes(client, seance, **filtres):
    """Le CSV, par colonne."""
    adresse = reverse("classement-reunion-fichier", args=[seance.reunion.pk, "csv"])
    lu = client.get(adresse, filtres).content.decode("utf-8-sig")
    tete, *lignes = csv.reader(io.StringIO(lu), delimiter=";")
    return dict(zip(tete, zip(*lignes, strict=True), strict=True)) if lignes else {}


def test_les_habitants_se_lisent_a_part_jamais_dans_la_moyenne(client, classe):
    seance, dossiers = classe
    avant = [ligne.moyenne for ligne in page(client, seance, seance.denis).context["page"]]
    fiche = FicheHabitantFactory(passage=seance.passage)
    for utile in ("non", "non", "oui"):
        AvisCitoyen.objects.create(fiche=fiche, utile=utile, origine="papier", donne_le=timezone.now())
    reponse = page(client, seance, seance.denis)
    assert [ligne.moyenne for ligne in reponse.context["page"]] == avant
    assert "1\u00a0oui, 2\u00a0non" in reponse.content.decode()
    lu = colonnes(client, seance)
    assert lu["Habitants (hors moyenne)"] == ("1\u00a0oui, 2\u00a0non", "", "")
    contenu = client.get(reverse("classement-reunion-fichier", args=[seance.reunion.pk, "xlsx"])).streaming_content
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(contenu))).active
    assert "1\u00a0oui, 2\u00a0non" in [cellule.value for cellule in feuille[3]]
    # Éva, déportée, n'en lit plus rien ; qui doit encore noter non plus.
    operations.declarer_deport(dossiers["premier"], par=seance.eva, motif="Trésorière.")
    assert "2\u00a0non" not in page(client, seance, seance.eva).content.decode()
    nouvelle = personne(seance.appel, Role.EVALUATEUR, "Ines", "Vidal")
    operations.convier(seance.reunion, nouvelle, par=seance.denis)
    assert "2\u00a0non" not in page(client, seance, nouvelle).content.decode()


def test_un_critere_sous_son_seuil_se_dit_sans_changer_le_rang(client, classe):
    seance, dossiers = classe
    critere = seance.appel.criteres.first()
    type(critere).objects.filter(pk=critere.pk).update(bloquant_sous=2)
    reponse = page(client, seance, seance.denis)
    assert [ligne.bloquants != [] for ligne in reponse.context["page"]] == [False, False, True]
    assert [ligne.rang for ligne in reponse.context["page"]] == [1, 2, 3]
    assert reponse.content.decode().count(f"Sous le seuil : {critere.libelle}") == 1
    assert numeros(page(client, seance, seance.denis, montrer="seuil")) == [dossiers["dernier"].numero]
    assert colonnes(client, seance)["Critères sous leur seuil"] == ("", "", critere.libelle)


def test_filtrer_par_enjeu_quartier_financeur_et_debat_jusque_dans_les_fichiers(client, classe):
    seance, dossiers = classe
    second = dossiers["second"]
    seance.reunion.passages.filter(dossier=dossiers["dernier"]).update(sans_debat=True)
    seance.rendre(dossier=dossiers["premier"])
    second.cibles.all().delete()
    objectif = ObjectifFactory()
    cible = Cible.objects.create(dossier=second, objectif=objectif, quartier=QuartierFactory())
    autre = FinanceurFactory(collectivite=seance.appel.collectivite)
    Financement.objects.create(dossier=second, financeur=autre, montant_demande=700)
    client.force_login(seance.denis)
    for filtre, attendus in (
        ({"enjeu": cible.objectif.strategique.enjeu_id}, ["second"]),
        ({"quartier": cible.quartier_id}, ["second"]),
        ({"financeur": autre.pk}, ["second"]),
        ({"montrer": "debattre"}, ["second"]),
        ({"montrer": "sans-debat"}, ["dernier"]),
        ({"avis": "favorable"}, ["premier"]),
        ({"enjeu": "²", "montrer": "tout"}, []),
    ):
        voulus = [dossiers[nom].numero for nom in attendus]
        assert numeros(page(client, seance, seance.denis, **filtre)) == voulus
        assert list(colonnes(client, seance, **filtre).get("Dossier", ())) == voulus
    # Un lien de téléchargement garde ce qui est à l'écran.
    assert f"classement.csv?financeur={autre.pk}" in (
        page(client, seance, seance.denis, financeur=autre.pk).content.decode()
    )


def test_un_groupe_de_travail_n_a_pas_de_classement(client, seance):
    groupe = ReunionFactory(sans_dossiers=True, collectivite=seance.appel.collectivite)
    client.force_login(seance.denis)
    assert client.get(reverse("reunions-detail", args=[groupe.pk])).status_code == 200
    assert client.get(reverse("classement-reunion", args=[groupe.pk])).status_code == 404
    for forme in ("csv", "xlsx"):
        assert client.get(reverse("classement-reunion-fichier", args=[groupe.pk, forme])).status_code == 404


def test_le_classement_s_ouvre_depuis_l_appel_et_l_accueil_pour_l_agent_seul(client, seance):
    lien = reverse("classement-appel", args=[seance.appel.slug])
    for qui, attendu in ((seance.denis, True), (seance.eva, False)):
        client.force_login(qui)
        for adresse in (reverse("appels-detail", args=[seance.appel.slug]), reverse("evaluation-accueil")):
            assert (lien in client.get(adresse).content.decode()) is attendu


def test_le_classement_de_l_appel_reunit_ses_reunions(client, classe):
    seance, dossiers = classe
    ailleurs = PassageFactory(reunion=ReunionFactory(appel=seance.appel)).dossier
    etranger = PassageFactory().dossier
    client.force_login(seance.denis)
    reponse = client.get(reverse("classement-appel", args=[seance.appel.slug]))
    assert set(numeros(reponse)) == {ailleurs.numero, *(d.numero for d in dossiers.values())}
    assert etranger.numero not in reponse.content.decode()
    client.force_login(seance.eva)
    assert client.get(reverse("classement-appel", args=[seance.appel.slug])).status_code == 403


def test_une_reunion_vide_le_dit(client, seance):
    seance.reunion.passages.all().delete()
    assert "Aucun dossier n’est encore à l’ordre du jour." in page(client, seance, seance.denis).content.decode()


@pytest.mark.parametrize("lignes", [1, 3])
@pytest.mark.parametrize(("qui", "attendu"), [("denis", CLASSEMENT), ("eva", CLASSEMENT)])
def test_le_nombre_de_requetes_ne_depend_pas_des_dossiers(
    client, seance, django_assert_num_queries, qui, attendu, lignes
):
    for _ in range(lignes):
        dossier = PassageFactory(reunion=seance.reunion).dossier
        for membre in (seance.eva, seance.farid):
            EvaluationFactory(dossier=dossier, evaluateur=membre)
    seance.envoyer(seance.eva)
    seance.envoyer(seance.farid)
    seance.rendre()
    client.force_login(getattr(seance, qui))
    with django_assert_num_queries(attendu):
        assert client.get(reverse("classement-reunion", args=[seance.reunion.pk])).status_code == 200


@pytest.mark.lent
def test_deux_mille_dossiers_et_trois_lecteurs(client, seance, django_assert_num_queries):
    """La page tient son budget de requêtes ; le temps de calcul se mesure sans chronomètre serré."""
    lecteurs = [seance.eva, seance.farid, *(personne(seance.appel, Role.EVALUATEUR, "P", f"N{n}") for n in range(10))]
    modele = seance.dossier
    dossiers = []
    for rang in range(2000):
        dossier = type(modele).objects.get(pk=modele.pk)
        dossier.pk, dossier.numero = None, f"2027-GRAND-{rang:04d}"
        dossiers.append(dossier)
    dossiers = type(modele).objects.bulk_create(dossiers)
    passage = type(seance.passage)
    passage.objects.bulk_create(
        passage(reunion=seance.reunion, dossier=d, rang=rang % 30000, decouvert_le=timezone.now())
        for rang, d in enumerate(dossiers)
    )
    evaluations = Evaluation.objects.bulk_create(
        Evaluation(dossier=d, evaluateur=lecteurs[(rang * 5 + k * (1 + rang % 4)) % 12], envoyee_le=timezone.now())
        for rang, d in enumerate(dossiers)
        for k in range(3)
    )
    criteres = list(seance.appel.criteres.all())
    Note.objects.bulk_create(
        Note(evaluation=e, critere=c, valeur=(e.pk + c.pk) % 6) for e in evaluations for c in criteres
    )
    client.force_login(seance.denis)
    debut = time.process_time()
    with django_assert_num_queries(CLASSEMENT_DE_L_APPEL):
        reponse = client.get(reverse("classement-appel", args=[seance.appel.slug]))
    print(f"{time.process_time() - debut:.2f} s")
    assert len(reponse.context["page"]) == 50
    assert reponse.context["classement"].notes == 2000
    assert reponse.context["classement"].corrige
