"""Le tableau : qui y entre, ce que valent ses totaux, et combien il coûte à lire."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from dossiers.etats import Etat, Issue
from dossiers.models import Cible
from programmation.models import Decision, Enveloppe, LigneProgrammation
from programmation.tableau import Fermete, Filtres, Groupement, lire
from tests.fabriques import (
    AppelFactory,
    DeliberationFactory,
    DossierFactory,
    EnjeuFactory,
    ObjectifFactory,
    ObjectifStrategiqueFactory,
    agent_de,
    dossier_chiffre,
    financeur_de,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def appel():
    return AppelFactory()


@pytest.fixture
def financeurs(appel):
    return list(appel.financeurs.all())


def test_y_entrent_les_dossiers_recevables_et_la_suite_seulement(appel, financeurs):
    for etat in Etat:
        if etat not in {Etat.NOTIFIE, Etat.CLOS}:
            DossierFactory(appel=appel, etat=etat)
    for etat in (Etat.NOTIFIE, Etat.CLOS):
        for issue in (Issue.ACCORDE, Issue.REFUSE, Issue.IRRECEVABLE):
            DossierFactory(appel=appel, etat=etat, issue=issue)
    lu = lire(appel)
    # 7 états simples, puis notifié et clos : accordé ou refusé, jamais irrecevable.
    assert lu.nombre == 7 + 4
    assert not {ligne.etat for ligne in lu.lignes} & {
        Etat.BROUILLON, Etat.DEPOSE, Etat.A_COMPLETER, Etat.IRRECEVABLE, Etat.RETIRE
    }  # fmt: skip


def test_chaque_fermete_lit_sa_source(appel, financeurs):
    etat, ville = financeurs
    dossier = dossier_chiffre(
        appel, {etat: D(3000), ville: D(1000)}, propose={etat: D(2500)}, prevu={etat: D(2400), ville: D("0.50")}
    )
    attendus = {
        Fermete.SOLLICITE: None,
        Fermete.PROPOSE: D(2500),
        Fermete.PROGRAMME: D("2400.50"),
        Fermete.VOTE: D(0),
        Fermete.NOTIFIE: D(0),
    }
    for fermete, attendu in attendus.items():
        total = lire(appel, Filtres(fermete=fermete)).total
        assert total["total_demande"] == D(4000)
        assert total.get("total_retenu") == attendu
    Decision.objects.create(
        dossier=dossier, financeur=etat, sens="accorde", montant=D(2000), deliberation=DeliberationFactory(appel=appel)
    )
    assert lire(appel, Filtres(fermete=Fermete.VOTE)).total["total_retenu"] == D(2000)
    assert lire(appel, Filtres(fermete=Fermete.NOTIFIE)).total["total_retenu"] == D(0)


def test_un_dossier_de_plusieurs_quartiers_compte_une_fois(appel, financeurs):
    objectif = appel.objectifs.first()
    quartiers = list(objectif.quartiers.all())
    dossier_chiffre(appel, {financeurs[0]: D("100.01")}, cibles=[(objectif, q) for q in quartiers])
    dossier_chiffre(appel, {financeurs[0]: D("50")}, cibles=[(objectif, quartiers[0])])
    lu = lire(appel, Filtres(groupe=Groupement.QUARTIER))
    assert lu.total["total_demande"] == D("150.01")
    assert [g.totaux["total_demande"] for g in lu.groupes] == [D("100.01"), D("50.00")]
    assert [g.nombre for g in lu.groupes] == [2, 1]
    assert lu.nombre == 2


@pytest.mark.parametrize("groupement", Groupement)
def test_les_sous_totaux_redonnent_toujours_le_total(appel, financeurs, groupement):
    etat, ville = financeurs
    enjeu2 = EnjeuFactory(convention=appel.convention, numero=2)
    quartiers = list(appel.objectifs.first().quartiers.all())
    ailleurs = ObjectifFactory(strategique=ObjectifStrategiqueFactory(enjeu=enjeu2), quartiers=quartiers)
    premier = appel.objectifs.first()
    dossier_chiffre(appel, {etat: D("1000.01"), ville: D("33.33")}, cibles=[(premier, q) for q in quartiers])
    dossier_chiffre(appel, {ville: D("999.99")}, cibles=[(ailleurs, quartiers[1]), (premier, quartiers[0])])
    dossier_chiffre(appel, {etat: D("7.07")}, etat=Etat.EVALUE)
    DossierFactory(appel=appel, etat=Etat.RECEVABLE)
    lu = lire(appel, Filtres(groupe=groupement))
    for colonne in lu.colonnes:
        if colonne.agregat == "somme" and not (groupement == Groupement.FINANCEUR and not colonne.surtitre):
            assert sum((g.totaux[colonne.cle] for g in lu.groupes), D(0)) == lu.total[colonne.cle], colonne.cle


def test_un_filtre_change_les_totaux_mais_pas_les_enveloppes(appel, financeurs):
    etat, ville = financeurs
    Enveloppe.objects.create(appel=appel, financeur=etat, montant=D(1000))
    dossier_chiffre(appel, {etat: D(800)}, intitule="Jardin")
    dossier_chiffre(appel, {etat: D(400), ville: D(100)}, intitule="Réparer")
    lu = lire(appel, Filtres(q="reparer"))
    assert (lu.nombre, lu.nombre_appel) == (1, 2)
    assert lu.total["total_retenu"] == D(500)
    prise = lu.enveloppes[0]
    assert (prise.montant, prise.consomme, prise.reste, prise.depassement, prise.part) == (
        D(1000), D(1200), D(-200), D(200), 100
    )  # fmt: skip
    assert lu.enveloppes[1].montant is None


def test_les_totaux_comptent_toutes_les_pages(appel, financeurs):
    for rang in range(53):
        dossier = DossierFactory(appel=appel, etat=Etat.PROGRAMME)
        LigneProgrammation.objects.create(dossier=dossier, financeur=financeurs[0], montant=rang)
    lu = lire(appel, Filtres(page=2, groupe=Groupement.AUCUN))
    assert (len(lu.lignes), lu.pages, lu.nombre) == (3, 2, 53)
    assert lu.total["total_retenu"] == sum(range(53))
    assert lu.groupes[0].suite
    assert lu.groupes[0].fini
    assert not lire(appel, Filtres(groupe=Groupement.AUCUN)).groupes[0].fini
    assert len(lire(appel, tout=True).lignes) == 53
    assert lire(appel, Filtres(page=99, groupe=Groupement.AUCUN)).page == 2


def test_le_tri_range_ce_qui_manque_a_la_fin(appel, financeurs):
    petit = dossier_chiffre(appel, {financeurs[0]: D(10)})
    grand = dossier_chiffre(appel, {financeurs[0]: D(90)})
    sans = DossierFactory(appel=appel, etat=Etat.PROGRAMME)
    cle = f"r{financeurs[0].pk}"

    def ordre(tri):
        return [ligne.dossier_id for ligne in lire(appel, Filtres(tri=tri, groupe=Groupement.AUCUN)).lignes]

    assert ordre(cle) == [petit.pk, grand.pk, sans.pk]
    assert ordre(f"-{cle}") == [grand.pk, petit.pk, sans.pk]
    for tri in ("numero", "-note", "porteur", "-avis", "etat", "cout", "taux", "situation", "n’importe quoi"):
        assert len(ordre(tri)) == 3


def test_note_avis_convention_et_annee_precedente(appel, financeurs):
    ancien = dossier_chiffre(AppelFactory(collectivite=appel.collectivite, annee=2026), {financeurs[0]: D(1)},
                             etat=Etat.NOTIFIE)  # fmt: skip
    Decision.objects.create(
        dossier=ancien, financeur=financeurs[0], sens="accorde", montant=D(700),
        deliberation=DeliberationFactory(appel=ancien.appel),
    )  # fmt: skip
    dossier = dossier_chiffre(appel, {financeurs[0]: D(20000)}, cout=40000, renouvelle=ancien)
    valeurs = lire(appel).lignes[0].valeurs
    assert valeurs["note"] == D("80.0")
    assert valeurs["avis"] == "Favorable"
    assert valeurs["situation"] == "Reconduit"
    assert valeurs["accorde_n1"] == D(700)
    assert valeurs["taux"] == D("50.00")
    assert valeurs["convention"] == "Non"
    # Le même organisme, un autre appel de la même collectivité, la même année : le cumul franchit le seuil.
    autre = AppelFactory(collectivite=appel.collectivite)
    dossier_chiffre(autre, {financeurs[0]: D("3000.01")}, organisme=dossier.organisme)
    assert lire(appel).lignes[0].valeurs["convention"] == "Oui"


def test_la_note_attend_l_avis(appel, financeurs):
    dossier = dossier_chiffre(appel, {financeurs[0]: D(1)})
    type(dossier).objects.filter(pk=dossier.pk).update(etat=Etat.EN_EVALUATION)
    assert lire(appel).lignes[0].valeurs["note"] is None


@pytest.mark.parametrize("role", ["agent", "financeur"])
def test_le_deporte_lit_une_ligne_masquee_et_des_totaux_vrais(appel, financeurs, role):
    """Le total et l'enveloppe sont ceux de tous ; un sous-total, lui, ne compte que ce qui se lit (ADR 0009)."""
    personne = financeur_de(financeurs[0]) if role == "financeur" else agent_de(appel.collectivite)
    garde = dossier_chiffre(appel, {financeurs[0]: D(10)})
    ecarte = dossier_chiffre(appel, {financeurs[0]: D(90)})
    ecarte.deports.create(utilisateur=personne, motif="Membre du bureau")
    lu, tous = lire(appel, utilisateur=personne), lire(appel, utilisateur=agent_de(appel.collectivite))
    assert [ligne.dossier_id for ligne in lu.lignes] == [garde.pk]
    assert (lu.masques, lu.masques_ici, lu.nombre, lu.nombre_appel) == (1, 1, 2, 2)
    assert lu.groupes[0].totaux["total_demande"] == D(10)
    assert lu.total == tous.total
    assert lu.total["total_demande"] == lu.enveloppes[0].consomme == D(100)
    assert (tous.masques, tous.nombre) == (0, 2)


@pytest.mark.parametrize(
    "filtre", [{"q": "secret"}, {"avis": "favorable"}, {"etat": "programme"}, {"situation": "nouveau"}]
)
def test_aucun_filtre_ne_fait_parler_une_ligne_masquee(appel, financeurs, filtre):
    """Compter la ligne sous un filtre dirait qu'elle y répond : son titre, son avis, son avancement."""
    nadia = agent_de(appel.collectivite)
    ecarte = dossier_chiffre(appel, {financeurs[0]: D(90)}, intitule="Secret")
    ecarte.deports.create(utilisateur=nadia, motif="Membre du bureau")
    lu = lire(appel, Filtres(**filtre), utilisateur=nadia)
    assert (lu.lignes, lu.nombre, lu.masques_ici, lu.total["total_demande"]) == ([], 0, 0, D(0))
    assert lu.options["avis"] == lu.options["etat"] == lu.options["quartier"] == []


def test_les_lignes_masquees_ferment_la_derniere_page(appel, financeurs, monkeypatch):
    monkeypatch.setattr("programmation.tableau.LIGNES_PAR_PAGE", 1)
    nadia = agent_de(appel.collectivite)
    for _ in range(3):
        dernier = dossier_chiffre(appel, {financeurs[0]: D(10)})
    dernier.deports.create(utilisateur=nadia, motif="Membre du bureau")
    pages = [lire(appel, Filtres(page=page), utilisateur=nadia) for page in (1, 2)]
    assert [p.masques_ici for p in pages] == [0, 1]
    assert {p.nombre for p in pages} == {3}


@pytest.mark.parametrize("nombre", [1, 3])
def test_lire_coute_autant_pour_trois_dossiers_que_pour_un(appel, financeurs, nombre, django_assert_num_queries):
    objectif = appel.objectifs.first()
    for _ in range(nombre):
        dossier_chiffre(
            appel, {f: D(100) for f in financeurs}, cibles=[(objectif, q) for q in objectif.quartiers.all()]
        )
    with django_assert_num_queries(7):
        lire(appel, Filtres(groupe=Groupement.QUARTIER))
    with django_assert_num_queries(7):
        lire(appel, Filtres(tri="-note"), tout=True)


def test_les_filtres_ignorent_ce_qu_ils_ne_connaissent_pas():
    filtres = Filtres.depuis({"fermete": "gratuit", "groupe": "x", "page": "-3", "enjeu": "١", "etat": "brouillon"})
    assert filtres == Filtres()
    assert Filtres(q="é", page=3).requete(tri="-note") == "tri=-note&q=%C3%A9"


def test_la_base_refuse_un_montant_negatif(appel, financeurs):
    dossier = DossierFactory(appel=appel, etat=Etat.PROGRAMME)
    with pytest.raises(IntegrityError), transaction.atomic():
        LigneProgrammation.objects.create(dossier=dossier, financeur=financeurs[0], montant=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enveloppe.objects.create(appel=appel, financeur=financeurs[0], montant=-1)
    deliberation = DeliberationFactory(appel=appel)
    for sens, montant in (("accorde", 0), ("refuse", 10)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                dossier=dossier, financeur=financeurs[0], sens=sens, montant=montant, deliberation=deliberation
            )


def test_un_dossier_sans_cible_reste_dans_le_tableau(appel, financeurs):
    dossier = dossier_chiffre(appel, {financeurs[0]: D(10)})
    Cible.objects.filter(dossier=dossier).delete()
    assert lire(appel).groupes[0].libelle == "Enjeu à préciser"
    assert lire(appel, Filtres(groupe=Groupement.QUARTIER)).groupes[0].libelle == "Quartier à préciser"
