"""La veille de quartier à côté des dossiers et dans les portraits : ce qui se montre, à qui, rien après un déport."""

import re
from functools import partial

import pytest
from django.urls import reverse

from comptes.models import Role
from dossiers import operations
from dossiers.operations import EcritureConcurrente, OperationRefusee
from dossiers.operations.veille import derniere_suite
from dossiers.veille import signalements_pour, voix_des_quartiers
from evaluation.operations import declarer_deport
from journal.models import Evenement
from tests.evaluation.test_simultane import en_meme_temps
from tests.fabriques import AffectationFactory, DossierFactory, MembreFactory, ObjectifFactory, QuartierFactory
from tests.fabriques_evaluation import MembreReunionFactory
from tests.fabriques_veille import SignalementFactory

pytestmark = pytest.mark.django_db
TEXTE = "Le lampadaire est éteint depuis un mois."


def lire(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


@pytest.fixture
def cible(seance):
    return seance.dossier.cibles.select_related("quartier", "objectif").get()


def retenu(quartier, **champs):
    return SignalementFactory(quartier=quartier, retenu=True, **champs)


def lieux(dossier, utilisateur):
    lus = signalements_pour(dossier, utilisateur)
    return [s.lieu for s in lus.proches], [s.lieu for s in lus.quartier]


def test_du_plus_proche_au_plus_lointain(seance, cible):
    ailleurs = QuartierFactory(convention=cible.quartier.convention)
    retenu(ailleurs, dossier=seance.dossier, lieu="Du dossier")
    retenu(cible.quartier, objectif=cible.objectif, lieu="De l’objectif")
    autre = ObjectifFactory(convention=cible.quartier.convention, quartiers=[cible.quartier])
    retenu(cible.quartier, objectif=autre, lieu="Du quartier")
    retenu(ailleurs, objectif=cible.objectif, lieu="D’ailleurs")
    SignalementFactory(quartier=cible.quartier, objectif=cible.objectif, lieu="Pas retenu")
    assert lieux(seance.dossier, seance.eva) == (["Du dossier", "De l’objectif"], ["Du quartier"])
    for nombre in range(4):
        retenu(cible.quartier, lieu=f"Autre {nombre}")
    assert lieux(seance.dossier, seance.eva)[1] == ["Autre 3", "Autre 2", "Autre 1"]


def test_la_page_de_notation_les_montre_sans_leur_auteur(client, seance, cible):
    proche = retenu(cible.quartier, objectif=cible.objectif)
    client.force_login(seance.eva)
    page = lire(client.get(reverse("evaluation-noter", args=[seance.dossier.numero])))
    assert "Ce que signalent les habitants" in page
    assert proche.lieu in page
    assert proche.auteur.nom not in page
    assert "<details><summary>Dans le même quartier" not in page


def test_sans_signalement_la_page_de_notation_n_en_dit_rien(client, seance):
    client.force_login(seance.eva)
    assert "Ce que signalent" not in lire(client.get(reverse("evaluation-noter", args=[seance.dossier.numero])))


def test_en_une_requete(seance, cible, django_assert_num_queries):
    for _ in range(3):
        retenu(cible.quartier, objectif=cible.objectif)
        retenu(cible.quartier)
    dossier = seance.dossier
    dossier.appel  # noqa: B018 : la page l'a déjà lu
    seance.eva.ids_collectivites(Role.AGENT)
    with django_assert_num_queries(1):
        lus = signalements_pour(dossier, seance.eva)
        assert [s.quartier.nom for s in (*lus.proches, *lus.quartier)]
    with django_assert_num_queries(1):
        assert len(voix_des_quartiers([cible.quartier.pk])[cible.quartier.pk]) == 3


# Le déport


def pages(signalement):
    return ["/veille/", reverse("veille-detail", args=[signalement.pk]), "/veille/?q=lampadaire"]


@pytest.mark.parametrize("nom", ["denis", "eva", "gisele"])
def test_un_dossier_deporte_n_est_jamais_nomme(client, seance, cible, nom):
    personne = getattr(seance, nom)
    dossier = seance.dossier
    type(dossier).objects.filter(pk=dossier.pk).update(intitule="Cirque zinzolin")
    conseil = seance.gisele.affectations.get().partenaire
    signalement = retenu(cible.quartier, dossier=dossier, conseil=conseil)
    client.force_login(personne)
    assert "Cirque zinzolin" in "".join(lire(client.get(page)) for page in pages(signalement))
    if nom == "denis":
        MembreReunionFactory(reunion=seance.reunion, utilisateur=personne)
    declarer_deport(dossier, par=personne, motif="Un lien avec le porteur.")
    for page in pages(signalement):
        lu = lire(client.get(page))
        assert "lampadaire" in lu
        assert "Cirque zinzolin" not in lu
        assert dossier.numero not in lu
    assert not signalements_pour(dossier, personne)


def test_l_agent_deporte_ne_defait_pas_un_lien_qu_il_ne_lit_pas(client, seance, cible):
    signalement = retenu(cible.quartier, dossier=seance.dossier)
    MembreReunionFactory(reunion=seance.reunion, utilisateur=seance.denis)
    declarer_deport(seance.dossier, par=seance.denis, motif="Un lien avec le porteur.")
    client.force_login(seance.denis)
    donnees = {"objectif": cible.objectif.pk, "numero": "", "lu": derniere_suite(signalement)}
    assert client.post(reverse("veille-rattacher", args=[signalement.pk]), donnees).status_code == 302
    signalement.refresh_from_db()
    assert (signalement.dossier_id, signalement.objectif) == (seance.dossier.pk, cible.objectif)
    autre = DossierFactory(appel=seance.appel, depose=True)
    with pytest.raises(OperationRefusee, match="déporté"):
        operations.rattacher(signalement, par=seance.denis, dossier=autre)


# Rattacher


def test_rattacher_a_un_objectif_et_a_un_dossier_puis_a_rien(client, seance, cible):
    signalement = SignalementFactory(quartier=cible.quartier)
    client.force_login(seance.denis)
    adresse = reverse("veille-rattacher", args=[signalement.pk])
    numero = seance.dossier.numero
    assert f'<option value="{numero}">' in lire(client.get(reverse("veille-detail", args=[signalement.pk])))
    donnees = {"objectif": cible.objectif.pk, "numero": f" {numero.lower()} ", "lu": derniere_suite(signalement)}
    assert client.post(adresse, donnees).status_code == 302
    signalement.refresh_from_db()
    assert (signalement.objectif, signalement.dossier) == (cible.objectif, seance.dossier)
    client.post(adresse, {"objectif": "", "numero": "", "lu": derniere_suite(signalement)})
    signalement.refresh_from_db()
    assert (signalement.objectif, signalement.dossier) == (None, None)
    assert Evenement.objects.de(signalement).filter(type="signalement.rattacher").count() == 2


def test_ni_l_objectif_ni_le_dossier_d_une_autre_collectivite(client, seance, cible):
    signalement = SignalementFactory(quartier=cible.quartier)
    etranger, objectif = DossierFactory(depose=True), ObjectifFactory()
    brouillon = DossierFactory(appel=seance.appel)
    client.force_login(seance.denis)
    for champs, erreur in (
        ({"numero": etranger.numero}, "Aucun dossier de votre collectivité ne porte ce numéro."),
        ({"numero": brouillon.numero}, "Aucun dossier de votre collectivité ne porte ce numéro."),
        ({"numero": "n’importe quoi"}, "Aucun dossier de votre collectivité ne porte ce numéro."),
        ({"objectif": objectif.pk}, "Choisissez un objectif de la convention"),
    ):
        reponse = client.post(
            reverse("veille-rattacher", args=[signalement.pk]), champs | {"lu": derniere_suite(signalement)}
        )
        assert reponse.status_code == 422
        assert erreur in lire(reponse)
    for champs in ({"objectif": objectif}, {"dossier": etranger}, {"dossier": brouillon}):
        with pytest.raises(OperationRefusee):
            operations.rattacher(signalement, par=seance.denis, **champs)


# Les portraits


def test_le_portrait_ne_dit_que_ce_que_le_service_a_retenu_et_jamais_qui(client, seance, cible):
    montre = retenu(cible.quartier, lieu="Square des Lilas")
    SignalementFactory(quartier=cible.quartier, lieu="Parking caché")
    porteuse = MembreFactory().utilisateur
    brouillon = DossierFactory(appel=seance.appel, organisme=porteuse.appartenances.get().organisme)
    public = client.get(reverse("appels-detail", args=[seance.appel.slug]))
    client.force_login(porteuse)
    for reponse in (public, client.get(reverse("dossiers-objectifs", args=[brouillon.numero]))):
        page = lire(reponse)
        assert "Square des Lilas" in page
        assert montre.texte in page
        assert "Parking caché" not in page
        assert montre.auteur.nom not in page
        assert "/veille/" not in page


@pytest.mark.django_db(transaction=True)
def test_deux_agents_a_la_meme_seconde_un_seul_repond(seance, cible):
    signalement = SignalementFactory(quartier=cible.quartier)
    Evenement.objects.all().delete()
    collegue = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.AGENT).utilisateur

    def prevenu(geste):
        try:
            return bool(geste())
        except EcritureConcurrente:
            return False

    repondre = partial(operations.repondre_au_signalement, signalement, par=seance.denis, reponse="Oui.", lu=0)
    transmettre = partial(operations.transmettre_le_signalement, signalement, par=collegue, transmis_a="Voirie", lu=0)
    assert sorted(en_meme_temps(partial(prevenu, repondre), partial(prevenu, transmettre))) == [False, True]
    assert Evenement.objects.filter(type__startswith="signalement.").count() == 1


@pytest.mark.django_db(transaction=True)
def test_deux_clics_a_la_meme_seconde_ne_font_qu_un_signalement(seance, cible):
    def signaler():
        return operations.signaler(
            cible.quartier, par=seance.gisele, lieu="Square", sujet="autre", texte="Un banc cassé."
        )

    premier, second = en_meme_temps(signaler, signaler)
    assert premier == second
