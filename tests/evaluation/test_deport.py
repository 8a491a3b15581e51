"""Le déport : la personne ne lit plus rien du dossier, nulle part, et sa note ne compte plus."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from appels.models import Financeur
from comptes.models import Affectation, Role
from dossiers.etats import Etat
from dossiers.models import Dossier, Financement, LigneBudget
from evaluation import operations
from evaluation.models import Deport, Evaluation, FicheHabitant
from evaluation.operations import OperationRefusee
from evaluation.proces_verbal import donnees_de
from journal.models import Evenement
from notifications.travail import vider
from programmation.operations import programmer_les_evalues
from tests.evaluation.balayage import lire
from tests.evaluation.outils_habitants import preparer, repondre
from tests.fabriques import AffectationFactory, OrganismeFactory, PassageFactory, PieceFactory

pytestmark = pytest.mark.django_db
D = Decimal
TITRE, PORTEUR = "Cirque zinzolin", "Compagnie du Galibier"
DESCRIPTION = "Un chapiteau dressé six semaines."
# Des montants que rien d'autre n'écrit, et qu'aucune clé primaire n'atteint : demandé, coût, proposé.
MONTANTS = ("71777", "76543", "61234")
MOTIF = "Trésorier de la compagnie."


@pytest.fixture
def zinzolin(seance):
    """Le dossier du déport : titre, porteur et montants reconnaissables entre tous, à côté d'un dossier ordinaire."""
    dossier = seance.dossier
    Dossier.objects.filter(pk=dossier.pk).update(
        intitule=TITRE, description=DESCRIPTION, organisme=OrganismeFactory(nom=PORTEUR)
    )
    Financement.objects.filter(dossier=dossier).update(montant_demande=D("71777"))
    LigneBudget.objects.filter(dossier=dossier, compte="60").update(montant=D("73543"))
    PieceFactory(dossier=dossier)
    PassageFactory(reunion=seance.reunion)
    repondre(preparer(seance), "oui", "non")
    return seance.dossier


def rendre_tous_les_avis(seance):
    """Deux avis : l'enveloppe du financeur somme tous les dossiers, un seul y lirait le montant du déport."""
    for passage in seance.reunion.passages.select_related("dossier"):
        propose = D("61234") if passage == seance.passage else D("2000")
        montants = {f.financeur: min(propose, f.montant_demande) for f in passage.dossier.financements.all()}
        seance.rendre(dossier=passage.dossier, montants=montants)


def aussi(seance, utilisateur, role):
    """Donne un second rôle à une personne ; le financeur finance l'appel."""
    affectation = AffectationFactory(utilisateur=utilisateur, collectivite=seance.appel.collectivite, role=role)
    if role == Role.FINANCEUR:
        Financeur.objects.filter(pk__in=seance.appel.financeurs.all()).update(partenaire=affectation.partenaire)
    return affectation


def deporter(seance, utilisateur, motif=MOTIF):
    return operations.declarer_deport(seance.dossier, par=utilisateur, motif=motif)


def adresses(seance):
    """Les adresses de lecture de la réunion, du dossier, de la programmation et de l'API, filtres compris."""
    numero, reunion, slug = seance.dossier.numero, seance.reunion.pk, seance.appel.slug
    piece = seance.dossier.pieces.first()
    passage = [reunion, seance.passage.pk]
    routes = {
        "accueil": [],
        "appels-liste": [],
        "appels-detail": [slug],
        "dossiers-liste": [],
        "dossiers-detail": [numero],
        "dossiers-relecture": [numero],
        "dossiers-action": [numero],
        "dossiers-budget": [numero],
        "dossiers-pieces": [numero],
        "dossiers-recevable": [numero],
        "dossiers-revenir": [numero],
        "pieces-telecharger": [piece.pk],
        "evaluation-accueil": [],
        "evaluation-noter": [numero],
        "evaluation-avis": [numero],
        "seance-conduite": [reunion],
        "seance-projecteur": [reunion],
        "seance-membre": [reunion],
        "reunions-detail": [reunion],
        "reunions-modifier": [reunion],
        "reunions-ordre-du-jour": [reunion],
        "reunions-rouvrir": [reunion],
        "reunions-desinscrire": passage,
        "habitants-conseil": [numero],
        "habitants-fiches": [reunion],
        "habitants-imprimer": [reunion],
        "reunions-changer": passage,
        "reunions-convier": [reunion],
        "reunions-supprimer": [reunion],
        "reunions-repartir": [reunion],
        "reunions-agenda": [reunion],
        "appels-repartir": [slug],
        "programmation-accueil": [],
        "programmation-tableau": [slug],
        "programmation-dossier": [slug, numero],
        "programmation-xlsx": [slug],
        "programmation-pdf": [slug],
        "programmation-enveloppes": [slug],
        "programmation-decider": [slug],
        "programmation-deliberation": [slug],
        "notifications-file": [],
        "api-programmation": [slug],
        "dossiers-list": [],
        "dossiers-detail-api": [numero],
        "appels-list": [],
    }
    noms = {"dossiers-list": "/api/v1/dossiers/", "dossiers-detail-api": f"/api/v1/dossiers/{numero}/"}
    noms |= {"appels-list": "/api/v1/appels/", "accueil": "/"}
    pages = [noms.get(nom) or reverse(nom, args=args) for nom, args in routes.items()]
    tableau = reverse("programmation-tableau", args=[slug])
    pages += [f"{tableau}?fermete={f}&groupe={g}" for f in ("sollicite", "propose") for g in ("quartier", "aucun")]
    pages += [f"{tableau}?q=zinzolin", f"{reverse('dossiers-liste')}?q=zinzolin", "/api/v1/dossiers/?etat=evalue"]
    pages += [
        f"{reverse(nom, args=args)}?methode=equitable&voulus=2&par_enjeu=1"
        for nom, args in (("reunions-repartir", [reunion]), ("appels-repartir", [slug]))
    ]
    for fiche in FicheHabitant.objects.filter(reunion=reunion):
        pages += [reverse(f"habitants-{nom}", args=[fiche.pk]) for nom in ("papier", "suite")]
        pages += [reverse("avis-habitant-repondre", args=[fiche.code])]
        pages += [reverse("conseils-suites", args=[fiche.conseil_id])]
        pages += [reverse("conseils-suites-pdf", args=[fiche.conseil_id, reunion])]
    pages += [reverse("proces-verbal-telecharger", args=[pv.pk]) for pv in seance.reunion.proces_verbaux.all()]
    return pages


def parcourir(client, seance, personne, sauf=()):
    """{adresse: texte} de tout ce qui s'ouvre à cette personne, liens des pages compris."""
    client.force_login(personne)
    a_voir, lus = adresses(seance), {}
    while a_voir:
        adresse = a_voir.pop()
        if adresse in lus or any(adresse.startswith(debut) for debut in sauf):
            continue
        reponse = client.get(adresse)
        if reponse.status_code != 200:
            continue
        lus[adresse] = lire(reponse)
        if "html" in reponse.headers["Content-Type"]:
            liens = re.findall(r'href="(/[^"#]*)', lus[adresse])
            a_voir += [li.replace("&amp;", "&") for li in liens if not li.startswith(("/static/", "/comptes/"))]
    return lus


def fuites(lus):
    """Ce qui reste lisible du dossier : (adresse, mot)."""
    montants = [rf"(?<!\d){m[:2]}[ .,]?{m[2:]}(?!\d)" for m in MONTANTS]
    # Pas derrière deux points : ce serait la seconde d'un horodatage de l'API.
    interdits = [TITRE, PORTEUR, DESCRIPTION, MOTIF, *montants, r"(?<![\d:])44[,.]0"]
    return [(adresse, mot) for adresse, lu in lus.items() for mot in interdits if re.search(mot, lu)]


def noter_44(seance, utilisateur):
    notes = dict.fromkeys(seance.appel.criteres.all(), 2)
    notes[seance.appel.criteres.get(poids=20)] = 3
    operations.enregistrer_evaluation(seance.dossier, par=utilisateur, notes=notes)
    return operations.envoyer_evaluation(seance.dossier, par=utilisateur)


def test_le_balayage_voit_ce_qui_se_lit_sans_deport(client, seance, zinzolin):
    """Le témoin : les mêmes adresses, sans déport, montrent bien tout ; le silence d'après vaut donc preuve."""
    aussi(seance, seance.eva, Role.FINANCEUR)
    noter_44(seance, seance.farid)
    seance.envoyer(seance.eva, 2)
    rendre_tous_les_avis(seance)
    lus = parcourir(client, seance, seance.eva)
    trouves = {mot for _, mot in fuites(lus)}
    assert {TITRE, PORTEUR, DESCRIPTION} <= trouves
    assert len(trouves) >= 5, trouves
    ouvertes = {adresse for adresse, _ in fuites(lus)}
    for nom in ("programmation-tableau", "programmation-xlsx", "programmation-pdf", "api-programmation"):
        assert reverse(nom, args=[seance.appel.slug]) in ouvertes
    assert reverse("reunions-detail", args=[seance.reunion.pk]) in ouvertes
    assert f"/api/v1/dossiers/{seance.dossier.numero}/" in ouvertes


@pytest.mark.parametrize("role", [Role.FINANCEUR, Role.CITOYEN])
def test_un_second_role_ne_rouvre_rien(client, seance, zinzolin, role):
    """Être aussi financeur de l'appel, ou d'un conseil citoyen. Un rôle à la fois : test_balayage_du_deport."""
    aussi(seance, seance.eva, role)
    seance.envoyer(seance.eva, 2)
    deporter(seance, seance.eva)
    noter_44(seance, seance.farid)
    rendre_tous_les_avis(seance)
    programmer_les_evalues(seance.appel, par=seance.denis)
    operations.demander_proces_verbal(seance.reunion, par=seance.denis)
    vider()
    lus = parcourir(client, seance, seance.eva)
    assert reverse("reunions-detail", args=[seance.reunion.pk]) in lus
    assert not fuites(lus)
    assert "Dossier dont vous vous êtes déporté" in lus[reverse("reunions-detail", args=[seance.reunion.pk])]
    assert client.get(reverse("dossiers-detail", args=[seance.dossier.numero])).status_code == 404
    # L'ordinaire reste lisible : le déport ne ferme qu'un dossier.
    assert "Jardiner ensemble" in lus[reverse("reunions-detail", args=[seance.reunion.pk])]


def test_un_agent_deporte_ne_rend_pas_l_avis(seance, zinzolin):
    aussi(seance, seance.eva, Role.AGENT)
    deporter(seance, seance.eva)
    with pytest.raises(OperationRefusee, match="un autre agent"):
        operations.rendre_avis(seance.dossier, par=seance.eva, sens="favorable", montants={})
    assert seance.dossier.etat == Etat.EN_EVALUATION


def test_aucune_ecriture_n_est_possible_apres_un_deport(client, seance, zinzolin):
    deporter(seance, seance.eva)
    for geste in (
        lambda: operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes=seance.grille()),
        lambda: operations.envoyer_evaluation(seance.dossier, par=seance.eva),
        lambda: operations.rouvrir_evaluation(seance.dossier, par=seance.eva),
    ):
        with pytest.raises(OperationRefusee, match="déporté"):
            geste()
    client.force_login(seance.eva)
    for nom in ("evaluation-noter", "evaluation-rouvrir", "evaluation-deport"):
        assert client.post(reverse(nom, args=[seance.dossier.numero]), {"motif": "X"}).status_code == 404
    assert not Evaluation.objects.exists()


def test_sa_note_disparait_de_la_moyenne(seance, zinzolin):
    seance.envoyer(seance.eva, 0)
    seance.envoyer(seance.farid, 5)
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["note"] == "50.00"
    deporter(seance, seance.eva)
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["note"] == "100.00"
    assert not Evaluation.objects.filter(evaluateur=seance.eva).exists()


def test_un_deport_enregistre_a_cote_ecarte_aussi_la_note(seance, zinzolin):
    """Même si la note survit en base, la lecture ne la compte pas."""
    seance.envoyer(seance.eva, 0)
    seance.envoyer(seance.farid, 5)
    Deport.objects.create(dossier=seance.dossier, utilisateur=seance.eva, motif=MOTIF)
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["note"] == "100.00"


def test_le_deporte_n_est_plus_attendu(client, seance, zinzolin):
    seance.envoyer(seance.farid, 5)
    client.force_login(seance.denis)
    page = reverse("evaluation-avis", args=[seance.dossier.numero])
    assert "1 sur 2 envoyées" in lire(client.get(page))
    deporter(seance, seance.eva)
    lu = lire(client.get(page))
    assert "100,0 sur 100" in lu
    assert "Déport : Éva Roux." in lu


def test_le_proces_verbal_inscrit_le_deport(seance, zinzolin):
    deporter(seance, seance.eva)
    assert donnees_de(seance.reunion, 1)["deports"] == [
        {"nom": str(seance.eva), "dossier_numero": seance.dossier.numero, "motif": MOTIF}
    ]


def test_un_deport_demande_un_motif_et_ne_se_declare_qu_une_fois(seance):
    with pytest.raises(OperationRefusee, match="quel lien"):
        deporter(seance, seance.eva, "  ")
    assert not Deport.objects.exists()
    assert deporter(seance, seance.eva) == deporter(seance, seance.eva, "Autre raison")
    assert Deport.objects.get().motif == MOTIF
    assert Evenement.objects.filter(type="deport.declarer").count() == 1


def test_qui_ne_lit_pas_le_dossier_ne_s_en_deporte_pas(seance):
    with pytest.raises(OperationRefusee, match="une de vos réunions"):
        deporter(seance, AffectationFactory(role=Role.AGENT).utilisateur)
    assert not Deport.objects.exists()


def test_le_conseil_citoyen_se_deporte_aussi(client, seance, zinzolin):
    client.force_login(seance.gisele)
    numero = seance.dossier.numero
    reponse = client.post(reverse("evaluation-deport", args=[numero]), {"motif": MOTIF}, follow=True)
    assert "ne vous est plus accessible" in lire(reponse)
    assert not fuites(parcourir(client, seance, seance.gisele))


def test_un_deport_sans_motif_par_la_page_ne_ferme_rien(client, seance):
    client.force_login(seance.eva)
    numero = seance.dossier.numero
    reponse = client.post(reverse("evaluation-deport", args=[numero]), {"motif": ""}, follow=True)
    assert "quel lien vous avez" in lire(reponse)
    assert reponse.redirect_chain == [(reverse("evaluation-noter", args=[numero]), 302)]
    assert not Deport.objects.exists()


def test_le_deport_tient_quand_la_personne_change_de_role(client, seance, zinzolin):
    deporter(seance, seance.eva)
    Affectation.objects.filter(utilisateur=seance.eva).delete()
    aussi(seance, seance.eva, Role.FINANCEUR)
    assert not fuites(parcourir(client, seance, seance.eva))
