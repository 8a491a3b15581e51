"""Les pages de la réunion : qui entre, ce qui s'écrit, ce qui se refuse avec un message, et combien de requêtes."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.models import Role
from dossiers import operations as dossiers
from evaluation import operations
from evaluation.models import Avis, Deport, Evaluation, MembreReunion, PassageDossier, Reunion
from tests.fabriques import AffectationFactory, DossierFactory, EnjeuFactory, MembreFactory
from tests.fabriques_evaluation import EvaluationFactory, MembreReunionFactory, PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db

# Ce que coûte chaque page, quel que soit le nombre de lignes.
FILE_D_UN_EVALUATEUR = 8
REUNIONS_DE_L_AGENT = 8
REUNION_DE_L_AGENT = 14
REUNION_DE_L_AGENT_NOTEE = 15
REUNION_D_UN_MEMBRE = 12
NOTATION = 14
AVIS = 14
ORDRE_DU_JOUR = 9
ENREGISTRER = 12


def adresse(nom, *args):
    return reverse(nom, args=args)


def texte(reponse):
    return re.sub(r"[ \n\r\t]+", " ", reponse.content.decode())


def formulaire(seance, niveau=4, **champs):
    return {f"critere-{c.pk}": niveau for c in seance.appel.criteres.all()} | champs


def noter(client, seance, **champs):
    return client.post(adresse("evaluation-noter", seance.dossier.numero), champs)


# La file de lecture


def test_la_file_dit_ce_qui_reste_a_noter(client, seance):
    fait = PassageFactory(reunion=seance.reunion, dossier__intitule="Déjà lu").dossier
    seance.envoyer(seance.eva, dossier=fait)
    client.force_login(seance.eva)
    page = texte(client.get(adresse("evaluation-accueil")))
    assert "<strong>1 dossier à noter</strong>, environ 1 minute de lecture" in page
    assert "1 sur 2 envoyé" in page
    assert "Déjà lu" in page
    assert "Notes envoyées" in page
    assert "À noter" in page


def test_le_temps_de_lecture_suit_la_longueur_des_textes(client, seance):
    type(seance.dossier).objects.filter(pk=seance.dossier.pk).update(description="mot " * 1100)
    client.force_login(seance.eva)
    assert "environ 5 minutes de lecture" in texte(client.get(adresse("evaluation-accueil")))


def test_le_conseil_citoyen_lit_l_ordre_du_jour_et_les_dossiers_sans_noter(client, seance):
    client.force_login(seance.gisele)
    assert "vous n’avez pas de note à donner" in texte(client.get(adresse("evaluation-accueil")))
    assert seance.dossier.intitule in texte(client.get(adresse("reunions-detail", seance.reunion.pk)))
    page = texte(client.get(adresse("evaluation-noter", seance.dossier.numero), follow=True))
    assert "Un jardin partagé" in page
    assert "Envoyer mes notes" not in page
    reponse = noter(client, seance, **formulaire(seance, envoyer="1"))
    assert reponse.status_code == 409
    assert not Evaluation.objects.exists()


def test_une_page_vide_dit_quoi_faire(client, seance):
    autre = AffectationFactory(role=Role.AGENT).utilisateur
    client.force_login(autre)
    assert "Aucune réunion n’est prévue." in texte(client.get(adresse("evaluation-accueil")))


# Noter


def test_noter_puis_envoyer(client, seance):
    client.force_login(seance.eva)
    page = texte(client.get(adresse("evaluation-noter", seance.dossier.numero)))
    critere = seance.appel.criteres.first()
    assert critere.libelle in page
    assert critere.niveaux[5] in page
    reponse = noter(client, seance, **{f"critere-{critere.pk}": 3, "commentaire": "À creuser"})
    assert reponse.url == adresse("evaluation-noter", seance.dossier.numero)
    page = texte(client.get(reponse.url))
    assert "1 critère noté sur" in page
    assert "À creuser" in page
    reponse = noter(client, seance, **formulaire(seance, envoyer="1"))
    assert reponse.url == adresse("evaluation-accueil")
    assert Evaluation.objects.get().envoyee_le


def test_envoyer_sans_tout_noter_garde_le_brouillon_et_montre_ou(client, seance):
    premier, second, *_ = seance.appel.criteres.all()
    client.force_login(seance.eva)
    donnees = formulaire(seance, envoyer="1", commentaire="Presque fini")
    del donnees[f"critere-{second.pk}"]
    reponse = noter(client, seance, **donnees)
    page = texte(reponse)
    assert reponse.status_code == 422
    assert f"{second.libelle} : Choisissez une note" in page
    assert f"{premier.libelle} : Choisissez" not in page
    assert "Presque fini" in page
    evaluation = Evaluation.objects.get()
    assert evaluation.envoyee_le is None
    assert sum(nom.startswith("critere-") for nom in evaluation.brouillon) == seance.appel.criteres.count() - 1


@pytest.mark.parametrize("valeur", ["-1", "6", "cinq", "4.5"])
def test_une_note_fausse_est_dite_au_critere_et_rien_n_est_ecrit(client, seance, valeur):
    client.force_login(seance.eva)
    reponse = noter(client, seance, **formulaire(seance, niveau=valeur, commentaire="Gardé"))
    assert reponse.status_code == 422
    assert "Une note va de 0 à 5." in texte(reponse)
    assert "Gardé" in texte(reponse)
    assert not Evaluation.objects.exists()


def test_un_second_envoi_est_dit_et_ne_change_rien(client, seance):
    client.force_login(seance.eva)
    noter(client, seance, **formulaire(seance, envoyer="1"))
    reponse = noter(client, seance, **formulaire(seance, niveau=0, envoyer="1"))
    assert reponse.status_code == 409
    assert "Vous avez déjà envoyé vos notes" in texte(reponse)
    assert {n.valeur for n in Evaluation.objects.get().notes.all()} == {4}


def test_noter_apres_la_cloture_est_dit(client, seance):
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    client.force_login(seance.eva)
    reponse = noter(client, seance, **formulaire(seance, envoyer="1"))
    assert reponse.status_code == 409
    assert "terminée" in texte(reponse)
    assert not Evaluation.objects.exists()


def test_personne_ne_note_au_nom_d_un_autre(client, seance):
    """Le formulaire ne nomme personne : ce qui s'ajoute à la requête est sans effet."""
    client.force_login(seance.eva)
    noter(client, seance, **formulaire(seance, evaluateur=seance.farid.pk, par=seance.farid.pk))
    assert Evaluation.objects.get().evaluateur == seance.eva


def test_reprendre_ses_notes(client, seance):
    seance.envoyer(seance.eva)
    client.force_login(seance.eva)
    page = adresse("evaluation-noter", seance.dossier.numero)
    assert "Reprendre mes notes" in texte(client.get(page))
    client.post(adresse("evaluation-rouvrir", seance.dossier.numero))
    assert Evaluation.objects.get().en_reprise
    assert "comptent tant que vous n’avez pas renvoyé" in texte(client.get(page))
    noter(client, seance, **formulaire(seance, niveau=2, envoyer="1"))
    seance.envoyer(seance.farid)
    # Découvertes ou non, elles se reprennent jusqu'à l'avis.
    assert "la réunion saura qu’elles ont changé" in texte(client.get(page))


@pytest.mark.parametrize("nom", ["evaluation-noter", "evaluation-rouvrir", "evaluation-deport"])
def test_un_evaluateur_non_convie_ne_sait_pas_que_le_dossier_existe(client, seance, nom):
    nora = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    client.force_login(nora)
    assert client.post(adresse(nom, seance.dossier.numero), {"motif": "x"}).status_code == 404
    assert client.get(adresse("reunions-detail", seance.reunion.pk)).status_code == 404
    assert client.get(adresse("evaluation-noter", "2027-XXX-9999")).status_code == 404


def test_la_moyenne_attend_que_chacun_ait_envoye_meme_pour_un_excuse_qui_revient(client, seance):
    """Farid, excusé, ne lit pas la moyenne : il pourrait revenir noter."""
    seance.envoyer(seance.eva)
    operations.marquer_presence(seance.membre(seance.farid), MembreReunion.Presence.EXCUSE, par=seance.denis)
    for utilisateur, lit in ((seance.farid, False), (seance.eva, True), (seance.gisele, True), (seance.denis, True)):
        client.force_login(utilisateur)
        page = texte(client.get(adresse("reunions-detail", seance.reunion.pk)))
        assert ("<strong>80,0</strong> sur 100" in page) is lit, utilisateur


# L'agent


def test_un_agent_etranger_ne_voit_rien(client, seance):
    client.force_login(AffectationFactory(role=Role.AGENT).utilisateur)
    reunion, passage, membre = seance.reunion.pk, seance.passage.pk, seance.membre(seance.eva).pk
    for nom, args in {
        "reunions-detail": [reunion],
        "reunions-modifier": [reunion],
        "reunions-ordre-du-jour": [reunion],
        "reunions-desinscrire": [reunion, passage],
        "reunions-rouvrir": [reunion],
        "evaluation-avis": [seance.dossier.numero],
    }.items():
        assert client.get(adresse(nom, *args)).status_code == 404, nom
    for nom, args in {
        "reunions-membres": [reunion],
        "reunions-retirer-membre": [reunion, membre],
        "reunions-presence": [reunion, membre],
        "reunions-deplacer": [reunion, passage],
        "reunions-clore": [reunion],
        "proces-verbal-demander": [reunion],
    }.items():
        assert client.post(adresse(nom, *args)).status_code == 404, nom


def test_une_reunion_et_un_membre_d_ailleurs_ne_se_croisent_pas(client, seance):
    """Un identifiant forgé : le membre d'une autre réunion, dans l'adresse de la sienne."""
    ailleurs = MembreReunionFactory()
    client.force_login(seance.denis)
    assert client.post(adresse("reunions-retirer-membre", seance.reunion.pk, ailleurs.pk)).status_code == 404
    assert MembreReunion.objects.filter(pk=ailleurs.pk).exists()


def test_preparer_une_reunion(client, seance):
    client.force_login(seance.denis)
    donnees = {"appel": seance.appel.pk, "titre": "Emploi", "debut": "2027-03-10T14:00", "president": "Claude Roche"}
    donnees |= {"quorum": 0, "lecteurs_par_dossier": 2, "minutes_par_dossier": 6}
    reponse = client.post(adresse("reunions-nouvelle"), donnees)
    reunion = Reunion.objects.get(titre="Emploi")
    assert reponse.url == adresse("reunions-detail", reunion.pk)
    page = texte(client.get(reponse.url))
    assert "mercredi 10 mars 2027 à 14" in page
    assert "Claude Roche" in page
    modifiee = client.post(
        adresse("reunions-modifier", reunion.pk),
        donnees | {"titre": "Emploi et insertion", "debut": "2027-03-11T09:30"},
    )
    assert modifiee.status_code == 302
    assert "jeudi 11 mars 2027 à 9" in texte(client.get(reponse.url))


def test_l_enjeu_d_une_autre_convention_est_refuse(client, seance):
    client.force_login(seance.denis)
    reponse = client.post(
        adresse("reunions-nouvelle"),
        {"appel": seance.appel.pk, "titre": "Emploi", "debut": "2027-03-10T14:00", "enjeu": EnjeuFactory().pk},
    )
    assert reponse.status_code == 200
    assert not Reunion.objects.filter(titre="Emploi").exists()


def test_inscrire_plusieurs_dossiers_filtres_par_enjeu(client, seance):
    recevables = [
        DossierFactory(appel=seance.appel, complet=True, recevable=True, intitule=f"Action {n}") for n in range(3)
    ]
    recevables[2].cibles.all().delete()
    enjeu = recevables[0].cibles.get().objectif.strategique.enjeu
    client.force_login(seance.denis)
    page = adresse("reunions-ordre-du-jour", seance.reunion.pk)
    lue = texte(client.get(page, {"enjeu": enjeu.pk}))
    assert "Action 1" in lue
    assert "Action 2" not in lue
    assert "Action 2" in texte(client.get(page, {"enjeu": ""}))
    client.post(page, {"dossiers": [d.numero for d in recevables[:2]]})
    assert seance.reunion.passages.count() == 3
    for rien in ([], [recevables[0].numero]):
        reponse = client.post(page, {"dossiers": rien})
        assert reponse.status_code == 422
        assert "Cochez au moins un dossier encore recevable." in texte(reponse)
    assert seance.reunion.passages.count() == 3


def test_ce_qu_un_collegue_vient_d_inscrire_se_dit(client, seance):
    pris, libre = (DossierFactory(appel=seance.appel, complet=True, recevable=True) for _ in range(2))
    operations.inscrire(seance.reunion, pris, par=seance.denis)
    client.force_login(seance.denis)
    page = adresse("reunions-ordre-du-jour", seance.reunion.pk)
    reponse = client.post(page, {"dossiers": [pris.numero, libre.numero]}, follow=True)
    assert "Un dossier coché n’est plus à inscrire" in texte(reponse)
    assert seance.reunion.passages.filter(dossier=libre).exists()


@pytest.mark.parametrize("enjeu", ["²", "9" * 40, "-1", "<script>"])
def test_un_filtre_illisible_ne_filtre_rien(client, seance, enjeu):
    DossierFactory(appel=seance.appel, complet=True, recevable=True, intitule="Chorale")
    client.force_login(seance.denis)
    reponse = client.get(adresse("reunions-ordre-du-jour", seance.reunion.pk), {"enjeu": enjeu})
    assert "Chorale" in texte(reponse)


def test_convier_marquer_present_et_retirer(client, seance):
    nora = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    client.force_login(seance.denis)
    client.post(
        adresse("reunions-membres", seance.reunion.pk),
        {"utilisateur": nora.pk, "structure": "Bailleur", "evalue": "on"},
    )
    membre = seance.membre(nora)
    client.post(adresse("reunions-presence", seance.reunion.pk, membre.pk), {"presence": "present"})
    assert seance.membre(nora).presence == "present"
    client.post(adresse("reunions-presence", seance.reunion.pk, membre.pk), {"presence": "ailleurs"})
    assert seance.membre(nora).presence == "present"
    client.post(adresse("reunions-retirer-membre", seance.reunion.pk, membre.pk))
    assert not MembreReunion.objects.filter(utilisateur=nora).exists()


def test_convier_une_personne_hors_liste_est_dit(client, seance):
    ailleurs = AffectationFactory(role=Role.EVALUATEUR).utilisateur
    client.force_login(seance.denis)
    reponse = client.post(
        adresse("reunions-membres", seance.reunion.pk), {"utilisateur": ailleurs.pk}, follow=True
    )  # fmt: skip
    assert "Choisissez une personne de la liste." in texte(reponse)


def test_monter_descendre_et_retirer_un_dossier(client, seance):
    second = PassageFactory(reunion=seance.reunion)
    client.force_login(seance.denis)
    client.post(adresse("reunions-deplacer", seance.reunion.pk, second.pk), {"sens": "haut"})
    assert list(seance.reunion.passages.values_list("pk", flat=True)) == [second.pk, seance.passage.pk]
    page = adresse("reunions-desinscrire", seance.reunion.pk, second.pk)
    assert "obligatoire" in texte(client.post(page, {"motif": " ", "csrf": "1"})).lower()
    client.post(page, {"motif": "Reporté."})
    assert not PassageDossier.objects.filter(pk=second.pk).exists()


def test_rendre_l_avis_depuis_la_page(client, seance):
    seance.envoyer(seance.eva, niveau=5, commentaire="Très ancré.")
    seance.envoyer(seance.farid, niveau=3, commentaire="Budget serré.")
    client.force_login(seance.denis)
    page = adresse("evaluation-avis", seance.dossier.numero)
    lue = texte(client.get(page))
    for attendu in ("80,0 sur 100", "écart 40,0", "Très ancré.", "Budget serré.", "Demandé : 3"):
        assert attendu in lue
    financeur = next(iter(seance.demandes()))
    donnees = {"sens": "reserves", f"montant-{financeur.pk}": "2 500,50"}
    refus = client.post(page, donnees)
    assert refus.status_code == 422
    assert "dit lesquelles" in texte(refus)
    assert "2 500,50" in texte(refus)
    trop = client.post(page, donnees | {"reserves": "Samedi", f"montant-{financeur.pk}": "3000,01"})
    assert "Le montant demandé est de" in texte(trop)
    assert not Avis.objects.exists()
    assert client.post(page, donnees | {"reserves": "Ouvrir le samedi"}).status_code == 302
    assert str(Avis.objects.get().montants.get().montant) == "2500.50"
    rendu = texte(client.get(page))
    assert "Ouvrir le samedi" in rendu
    assert "Enregistrer l’avis" not in rendu


def test_l_agent_sait_qui_a_envoye_pas_quoi(client, seance):
    seance.envoyer(seance.eva, niveau=5, commentaire="Secret d’Éva")
    client.force_login(seance.denis)
    page = texte(client.get(adresse("evaluation-avis", seance.dossier.numero)))
    assert "1 sur 2 envoyées" in page
    assert re.search(r"Envoyées</span> Éva Roux", page)
    assert re.search(r"Attendues</span> Farid Benali", page)
    assert "Secret d’Éva" not in page
    assert "sur 100" not in page
    reunion = texte(client.get(adresse("reunions-detail", seance.reunion.pk)))
    assert "1 sur 2 envoyées" in reunion
    assert "sur 100" not in reunion


def test_clore_puis_rouvrir(client, seance):
    client.force_login(seance.denis)
    reponse = client.post(adresse("reunions-clore", seance.reunion.pk), follow=True)
    assert "attend encore un avis" in texte(reponse)
    seance.rendre("ajourne", montants={})
    assert "La réunion est close." in texte(client.post(adresse("reunions-clore", seance.reunion.pk), follow=True))
    page = adresse("reunions-rouvrir", seance.reunion.pk)
    assert "Rouvrir la réunion" in texte(client.get(page))
    client.post(page, {"motif": "Une présence oubliée."})
    seance.reunion.refresh_from_db()
    assert not seance.reunion.est_close


def test_un_dossier_retire_se_dit_sans_passer_pour_un_deport(client, seance):
    dossiers.retirer(seance.dossier, par=MembreFactory(organisme=seance.dossier.organisme).utilisateur)
    client.force_login(seance.eva)
    page = texte(client.get(adresse("reunions-detail", seance.reunion.pk)))
    assert "Dossier retiré par le porteur" in page
    assert "déporté" not in page


# Se déporter


def test_se_deporter_depuis_la_page(client, seance):
    client.force_login(seance.eva)
    refus = client.post(adresse("evaluation-deport", seance.dossier.numero), {"motif": ""}, follow=True)
    assert "quel lien vous avez" in texte(refus)
    reponse = client.post(
        adresse("evaluation-deport", seance.dossier.numero), {"motif": "Trésorière de l’association."}, follow=True
    )
    assert "Votre déport est enregistré." in texte(reponse)
    assert Deport.objects.get().utilisateur == seance.eva
    assert client.get(adresse("evaluation-noter", seance.dossier.numero)).status_code == 404
    assert noter(client, seance, **formulaire(seance)).status_code == 404


def test_une_porteuse_deportee_ne_lit_pas_les_notes_de_son_propre_dossier(client, seance):
    MembreFactory(utilisateur=seance.eva, organisme=seance.dossier.organisme)
    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Membre du bureau.")
    seance.envoyer(seance.farid)
    client.force_login(seance.eva)
    assert client.get(adresse("evaluation-noter", seance.dossier.numero)).status_code == 404
    page = texte(client.get(adresse("reunions-detail", seance.reunion.pk)))
    assert "Dossier dont vous vous êtes déporté" in page
    assert "sur 100" not in page


# Le nombre de requêtes


def remplir(seance, nombre):
    """Des dossiers notés par Farid, dont Éva garde un brouillon."""
    for _ in range(nombre):
        dossier = PassageFactory(reunion=seance.reunion).dossier
        EvaluationFactory(dossier=dossier, evaluateur=seance.farid)
        EvaluationFactory(dossier=dossier, evaluateur=seance.eva, envoyee_le=None)


@pytest.mark.parametrize("lignes", [1, 3])
@pytest.mark.parametrize(
    ("qui", "nom", "attendu"),
    [
        ("eva", "evaluation-accueil", FILE_D_UN_EVALUATEUR),
        ("denis", "evaluation-accueil", REUNIONS_DE_L_AGENT),
        ("denis", "reunions-detail", REUNION_DE_L_AGENT),
        ("eva", "reunions-detail", REUNION_D_UN_MEMBRE),
        ("eva", "evaluation-noter", NOTATION),
        ("denis", "evaluation-avis", AVIS),
        ("denis", "reunions-ordre-du-jour", ORDRE_DU_JOUR),
    ],
)
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(
    client, seance, django_assert_num_queries, qui, nom, attendu, lignes
):
    remplir(seance, lignes - 1)
    for _ in range(lignes):
        ReunionFactory(appel=seance.appel)
        DossierFactory(appel=seance.appel, complet=True, recevable=True)
        MembreReunionFactory(reunion=seance.reunion, evalue=False)
    EvaluationFactory(dossier=seance.dossier, evaluateur=seance.farid)
    EvaluationFactory(dossier=seance.dossier, evaluateur=seance.eva, envoyee_le=None)
    args = {"reunions-detail": [seance.reunion.pk], "reunions-ordre-du-jour": [seance.reunion.pk]}.get(
        nom, [seance.dossier.numero] if nom != "evaluation-accueil" else []
    )
    client.force_login(getattr(seance, qui))
    with django_assert_num_queries(attendu):
        assert client.get(adresse(nom, *args)).status_code == 200


@pytest.mark.parametrize("lignes", [1, 3])
def test_la_reunion_notee_tient_en_quinze_requetes(client, seance, django_assert_num_queries, lignes):
    """Le cas le plus lourd : notes découvertes, critères bloquants, habitants, invités, procès-verbal."""
    seance.appel.criteres.update(bloquant_sous=2)
    dossiers = [seance.dossier, *(PassageFactory(reunion=seance.reunion).dossier for _ in range(lignes - 1))]
    for dossier in dossiers:
        for qui in (seance.eva, seance.farid):
            EvaluationFactory(dossier=dossier, evaluateur=qui, niveau=1)
    operations.demander_proces_verbal(seance.reunion, par=seance.denis)
    client.force_login(seance.denis)
    with django_assert_num_queries(REUNION_DE_L_AGENT_NOTEE):
        reponse = client.get(adresse("reunions-detail", seance.reunion.pk))
    assert texte(reponse).count("Critère bloquant") == lignes * seance.appel.criteres.count()


def test_enregistrer_une_evaluation_tient_en_douze_requetes(client, seance):
    client.force_login(seance.eva)
    donnees = formulaire(seance, commentaire="Premier jet")
    page = adresse("evaluation-noter", seance.dossier.numero)
    for _ in range(2):
        with CaptureQueriesContext(connection) as requetes:
            assert client.post(page, donnees).status_code == 302
        # Les points de sauvegarde n'existent que dans la transaction du test.
        assert len([r for r in requetes if "SAVEPOINT" not in r["sql"]]) <= ENREGISTRER
