"""Le procès-verbal d'une séance : ce que la salle a constaté, ce que les habitants disent ; jamais qui a voté quoi."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from documents import proces_verbal as document
from dossiers import operations as dossiers
from evaluation import operations
from evaluation.models import MembreReunion, PassageDossier, Reunion
from evaluation.operations.invites import inviter, marquer_presences
from evaluation.proces_verbal import donnees_de
from notifications.proces_verbaux import depuis_json
from tests.documents.test_documents import dit
from tests.evaluation.conftest import personne
from tests.evaluation.outils_habitants import preparer, repondre
from tests.evaluation.salle import Phase, deporter, mener, ouvrir, ouvrir_dossier, passer, version, voter
from tests.fabriques import AffectationFactory, MembreFactory
from tests.fabriques_evaluation import DeportFactory, MembreReunionFactory, PassageFactory

pytestmark = pytest.mark.django_db
Presence = MembreReunion.Presence
QUATORZE_HEURES = datetime(2027, 3, 2, 14, 0, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def horloge():
    with time_machine.travel(QUATORZE_HEURES, tick=False) as heure:
        yield heure


def donnees(seance):
    reunion = Reunion.objects.get(pk=seance.reunion.pk)
    return json.loads(json.dumps(donnees_de(reunion, 1)))


def lire(seance):
    """Le PDF à voix haute, espaces ordinaires."""
    return dit(document.composer(depuis_json(document.ProcesVerbal, donnees(seance)))).replace("\u202f", " ")


def conclure(seance, sens="favorable", **champs):
    montants = {} if sens == "defavorable" else seance.demandes()
    passer(seance, Phase.AVIS)
    return operations.conclure(
        seance.reunion, par=seance.denis, version=version(seance), sens=sens, montants=montants, **champs
    )


def deroule(seance, rang=0):
    return donnees(seance)["dossiers"][rang]["deroule"]


def test_les_heures_sont_celles_de_la_salle(seance, horloge):
    ouvrir(seance)
    horloge.shift(timedelta(minutes=5))
    ouvrir_dossier(seance)
    horloge.shift(timedelta(minutes=20))
    conclure(seance)
    horloge.shift(timedelta(minutes=5))
    operations.lever_seance(seance.reunion, par=seance.denis, version=version(seance))
    lu = lire(seance).replace("\u00a0", " ")
    assert "Séance du mardi 2 mars 2027 de 14 h 00 à 14 h 30, Salle des mariages." in lu
    assert "Examiné de 14 h 05 à 14 h 25." in lu
    assert "En annexe : les entrées et sorties." in lu


def test_qui_s_est_deporte_sort_et_revient_a_l_heure(seance, horloge):
    suivant = PassageFactory(reunion=seance.reunion)
    deporter(seance, seance.eva)
    ouvrir(seance)
    horloge.shift(timedelta(minutes=32))
    ouvrir_dossier(seance)
    horloge.shift(timedelta(minutes=19))
    conclure(seance)
    fige = donnees(seance)
    assert fige["dossiers"][0]["deroule"] == [
        "Examiné de 14\u00a0h\u00a032 à 14\u00a0h\u00a051.",
        "Éva Roux quitte la séance à 14\u00a0h\u00a032 et la rejoint à 14\u00a0h\u00a051.",
    ]
    assert fige["sorties"] is True
    assert [(m["nom"], m["fait"]) for m in fige["mouvements"]] == [
        ("Éva Roux", "Arrive"),
        ("Farid Benali", "Arrive"),
        ("Éva Roux", f"Sort, par déport : dossier {seance.dossier.numero}"),
        ("Éva Roux", "Revient"),
    ]
    # Un second déport, d'un dossier jamais ouvert : on ne dit pas que toutes ont quitté la salle.
    deporter(seance, seance.farid, suivant)
    assert donnees(seance)["sorties"] is False
    assert "n’ont pris part ni à l’examen" in lire(seance)


def test_dehors_pour_deux_dossiers_de_suite_une_seule_sortie(seance, horloge):
    suivant = PassageFactory(reunion=seance.reunion)
    for passage in (seance.passage, suivant):
        deporter(seance, seance.eva, passage)
    ouvrir(seance)
    ouvrir_dossier(seance)
    horloge.shift(timedelta(minutes=10))
    ouvrir_dossier(seance, suivant)
    horloge.shift(timedelta(minutes=10))
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    operations.lever_seance(seance.reunion, par=seance.denis, version=version(seance))
    premier, second = (d["deroule"] for d in donnees(seance)["dossiers"])
    assert premier[1] == "Éva Roux quitte la séance à 14\u00a0h\u00a000 et la rejoint à 14\u00a0h\u00a020."
    assert second[1] == "Éva Roux, hors de la séance depuis 14\u00a0h\u00a000, n’y prend pas part."
    assert donnees(seance)["sorties"] is True


def test_un_vote_ne_se_publie_qu_a_trois(seance, horloge):
    trois = personne(seance.appel, "evaluateur", "Zoé", "Quint")
    MembreReunionFactory(reunion=seance.reunion, utilisateur=trois)
    ouvrir(seance, seance.eva, seance.farid, trois)
    ouvrir_dossier(seance)
    passer(seance, Phase.TOUR_1)
    voter(seance, seance.eva, 2000)
    voter(seance, seance.farid, 1000)
    passer(seance, Phase.RESULTAT_1)
    assert deroule(seance)[1] == (
        "Premier vote à l’aveugle sur le montant : 2 votes ; à moins de trois, les montants ne se publient pas."
    )
    passer(seance, Phase.TOUR_2)
    for qui, montant in ((seance.eva, 2000), (seance.farid, 1000), (trois, 1200)):
        voter(seance, qui, montant, tour=2)
    # Un tour que la salle n'a pas lu reste secret.
    assert len(deroule(seance)) == 2
    passer(seance, Phase.RESULTAT_2)
    phrase = deroule(seance)[2]
    assert "3 votes, de 1\u202f000,00\u00a0€ à 2\u202f000,00\u00a0€, médiane 1\u202f200,00\u00a0€." in phrase
    for nom in ("Éva", "Farid", "Zoé"):
        assert nom not in " ".join(deroule(seance))


def test_un_vote_unanime_se_dit_en_un_montant(seance, horloge):
    trois = personne(seance.appel, "evaluateur", "Zoé", "Quint")
    MembreReunionFactory(reunion=seance.reunion, utilisateur=trois)
    ouvrir(seance, seance.eva, seance.farid, trois)
    ouvrir_dossier(seance)
    passer(seance, Phase.TOUR_1)
    for qui in (seance.eva, seance.farid, trois):
        voter(seance, qui, 1500)
    passer(seance, Phase.RESULTAT_1)
    assert deroule(seance)[1].endswith("3 votes, tous à 1\u202f500,00\u00a0€.")


def test_le_quorum_atteint_puis_non_se_dit(seance, horloge):
    Reunion.objects.filter(pk=seance.reunion.pk).update(quorum=2)
    seance.reunion.refresh_from_db()
    ouvrir(seance)
    ouvrir_dossier(seance)
    assert donnees(seance)["seance"][1] == "Il est atteint pour tous les dossiers examinés en séance."
    operations.pointer(seance.membre(seance.farid), "sortie", par=seance.denis)
    passer(seance, Phase.TOUR_1, sans_quorum=True)
    fige = donnees(seance)
    assert fige["seance"][1] == (
        f"Dossier {seance.dossier.numero} : examiné sans le quorum (1 dans la salle, 2 exigés)."
    )
    assert "Le quorum n’était pas atteint." in fige["dossiers"][0]["deroule"]


def test_le_bloc_s_adopte_sans_debat_et_un_dossier_debattu_le_dit(seance, horloge):
    bloc = [PassageFactory(reunion=seance.reunion, sans_debat=True) for _ in range(2)]
    deporter(seance, seance.eva, bloc[1])
    ouvrir(seance)
    operations.demander_un_debat(seance.reunion, par=seance.farid, passage_id=bloc[0].pk)
    operations.adopter_sans_debat(seance.reunion, par=seance.denis, version=version(seance), passages=[bloc[1].pk])
    ouvrir_dossier(seance, bloc[0])
    assert deroule(seance, 0) == []
    assert deroule(seance, 1)[1] == "Proposé sans débat ; un membre a demandé qu’on en débatte."
    assert deroule(seance, 2) == [
        "Adopté sans débat à 14\u00a0h\u00a000.",
        "Éva Roux quitte la séance à 14\u00a0h\u00a000, le temps de l’avis.",
    ]


def test_un_dossier_rouvert_se_dit_en_plusieurs_fois(seance, horloge):
    suivant = PassageFactory(reunion=seance.reunion)
    ouvrir(seance)
    for passage in (seance.passage, suivant, seance.passage):
        ouvrir_dossier(seance, passage)
        horloge.shift(timedelta(minutes=3))
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    assert deroule(seance)[0] == "Examiné de 14\u00a0h\u00a000 à 14\u00a0h\u00a009, en plusieurs fois."


def test_les_habitants_sont_a_part_sans_nom(seance):
    fiche = preparer(seance)
    repondre(fiche, "oui", "oui", "un_peu", "non", "oui")
    dits = donnees(seance)["dossiers"][0]["habitants"]
    assert dits.replace("\u00a0", " ") == (
        "5 réponses à la question « Est-ce utile ici ? » : 3 oui, 1 un peu, 1 non. "
        "Ce qui manque, dans leurs mots : « Manque 0 » ; « Manque 1 » ; « Manque 2 », et 2 autres remarques."
    )
    assert "Gisèle" not in dits


def test_sur_papier_rien_ne_se_raconte_et_la_feuille_fait_foi(seance):
    Reunion.objects.filter(pk=seance.reunion.pk).update(quorum=2)
    seance.rendre("ajourne")
    fige = donnees(seance)
    assert (fige["seance"], fige["absents"], fige["dossiers"][0]["deroule"]) == ([], [], [])
    assert "mouvements" not in fige
    lu = lire(seance)
    assert "les signataires de la feuille d’émargement" in lu
    for absent in ("None", "Examiné", "Habitants", "Entrées et sorties", "Quorum"):
        assert absent not in lu, absent


def test_sur_papier_avec_les_presences_le_quorum_se_compte(seance):
    Reunion.objects.filter(pk=seance.reunion.pk).update(quorum=2)
    operations.marquer_presence(seance.membre(seance.eva), Presence.PRESENT, par=seance.denis)
    fige = donnees(seance)
    assert fige["seance"] == ["Quorum : 2 membres qui notent ; un est présent."]
    assert [p["nom"] for p in fige["absents"]] == ["Farid Benali", "Gisèle Watel"]


def test_les_invites_presents_et_les_conseils_citoyens(seance):
    invite = inviter(seance.reunion, par=seance.denis, nom="Karine Lobry", qualite="Cheffe de projet", structure="CSC")
    MembreReunionFactory(
        reunion=seance.reunion, utilisateur=personne(seance.appel, "evaluateur", "Zoé", "Quint"), evalue=False,
        structure="Région", presence=Presence.PRESENT,
    )  # fmt: skip
    marquer_presences(
        seance.reunion, par=seance.denis, membres={seance.membre(seance.gisele).pk: "present"},
        invites={invite.pk: "present"},
    )  # fmt: skip
    fige = donnees(seance)
    assert {"nom": "Karine Lobry", "structure": "Cheffe de projet, CSC"} in fige["presents"]
    # Une personne qui ne note pas n'est pas pour autant d'un conseil citoyen.
    assert fige["conseils_citoyens"] == ["Conseil citoyen du Centre"]


def test_un_dossier_retire_ne_compte_plus_et_son_avis_reste_dit(seance):
    autre = PassageFactory(reunion=seance.reunion).dossier
    seance.rendre("favorable")
    retire = seance.dossier
    dossiers.retirer(retire, par=MembreFactory(organisme=retire.organisme).utilisateur)
    fige = donnees(seance)
    assert fige["dossiers"][0]["avis"] == "Retiré par le porteur après l’avis : favorable"
    assert dict(fige["recapitulatif"]) == {
        "Favorable": 0, "Favorable avec réserves": 0, "Ajourné": 0, "Défavorable": 0, "Sans avis": 1, "Retiré": 1,
    }  # fmt: skip
    demande = sum(f.montant_demande for f in autre.financements.all())
    assert (Decimal(fige["total_demande"]), Decimal(fige["total_propose"])) == (demande, 0)
    assert "un dossier, retiré par son porteur, n’y compte pas" in lire(seance)


def test_le_reste_compte_toutes_les_reunions_de_l_appel(seance):
    financement = seance.dossier.financements.first()
    seance.appel.enveloppes.update_or_create(financeur=financement.financeur, defaults={"montant": 10000})
    ailleurs = PassageFactory(reunion__appel=seance.appel).dossier
    seance.rendre("favorable")
    avant = Decimal(donnees(seance)["reste"])
    assert avant == Decimal(donnees(seance)["enveloppe"]) - Decimal(donnees(seance)["total_propose"])
    montants = {f.financeur: Decimal(100) for f in ailleurs.financements.select_related("financeur")}
    operations.rendre_avis(ailleurs, par=seance.denis, sens="favorable", montants=montants)
    assert Decimal(donnees(seance)["reste"]) == avant - sum(montants.values())


def test_seuls_les_deports_des_membres_et_des_agents_s_impriment(seance):
    inconnu = AffectationFactory(collectivite=seance.appel.collectivite, role="financeur").utilisateur
    for utilisateur in (seance.eva, seance.denis, inconnu):
        DeportFactory(dossier=seance.dossier, utilisateur=utilisateur)
    assert sorted(d["nom"] for d in donnees(seance)["deports"]) == sorted([str(seance.eva), str(seance.denis)])


def test_c_est_un_projet_tant_que_la_reunion_n_est_pas_close(seance):
    seance.rendre("favorable")
    assert donnees(seance)["projet"] is True
    assert "Projet de procès-verbal" in lire(seance)
    operations.clore_reunion(seance.reunion, par=seance.denis)
    assert "Signatures" in lire(seance)


def test_la_mention_de_qui_a_change_ses_notes_apres_lecture_s_imprime(seance):
    seance.envoyer(seance.eva)
    seance.envoyer(seance.farid)
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    seance.envoyer(seance.eva, niveau=2)
    assert "Évaluation modifiée après lecture des autres notes : Éva Roux." in lire(seance)


@pytest.mark.parametrize("lignes", [1, 3])
def test_le_nombre_de_requetes_ne_suit_pas_les_dossiers(seance, lignes, django_assert_num_queries):
    for _ in range(lignes - 1):
        PassageFactory(reunion=seance.reunion)
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1)
    reunion = Reunion.objects.select_related("collectivite", "appel").get(pk=seance.reunion.pk)
    assert PassageDossier.objects.filter(reunion=reunion).count() == lignes
    with django_assert_num_queries(33):
        donnees_de(reunion, 1)
