"""Les verbes de la réunion : ce qui se fait, ce qui se refuse, et le fait que chacun laisse."""

from decimal import Decimal as D

import pytest

from comptes.models import Role
from dossiers import operations as dossiers
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import lecture, operations
from evaluation.models import Avis, Deport, Evaluation, MembreReunion, Note, PassageDossier, ProcesVerbal
from evaluation.operations import OperationRefusee
from journal.models import Evenement
from tests.fabriques import AffectationFactory, AppelFactory, DossierFactory, MembreFactory
from tests.fabriques_evaluation import EvaluationFactory, PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db
Presence = MembreReunion.Presence


def faits(genre):
    return Evenement.objects.filter(type=genre).count()


def etranger(seance):
    """Un agent d'une autre collectivité."""
    return AffectationFactory(role=Role.AGENT).utilisateur


def revele(seance):
    passage = PassageDossier.objects.select_related("reunion", "dossier").get(pk=seance.passage.pk)
    return bool(lecture.passages_reveles(passage.reunion, [passage]))


# Préparer


def test_seul_un_agent_de_la_collectivite_conduit(seance):
    for par in (etranger(seance), seance.eva):
        with pytest.raises(OperationRefusee, match="agent de la collectivité"):
            operations.creer_reunion(seance.appel, par=par, titre="Autre", debut=seance.reunion.debut)
        with pytest.raises(OperationRefusee, match="agent de la collectivité"):
            operations.modifier_reunion(seance.reunion, par=par, titre="Prise")
        with pytest.raises(OperationRefusee, match="agent de la collectivité"):
            operations.clore_reunion(seance.reunion, par=par)
        with pytest.raises(OperationRefusee, match="agent de la collectivité"):
            operations.demander_proces_verbal(seance.reunion, par=par)
    seance.reunion.refresh_from_db()
    assert seance.reunion.titre == "Santé et accès aux droits"


def test_on_ne_convie_que_des_personnes_de_la_collectivite(seance):
    ailleurs = AffectationFactory(role=Role.EVALUATEUR).utilisateur
    with pytest.raises(OperationRefusee, match="évaluateurs et les membres des conseils citoyens"):
        operations.convier(seance.reunion, ailleurs, par=seance.denis)
    assert not MembreReunion.objects.filter(utilisateur=ailleurs).exists()


def test_un_conseil_citoyen_ne_note_jamais_meme_si_la_case_est_cochee(seance):
    habitante = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.CITOYEN).utilisateur
    assert operations.convier(seance.reunion, habitante, par=seance.denis, evalue=True).evalue is False
    with pytest.raises(OperationRefusee, match="où vous notez"):
        seance.envoyer(habitante)


def test_convier_deux_fois_ne_convie_qu_une(seance):
    nora = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    for _ in range(2):
        operations.convier(seance.reunion, nora, par=seance.denis, structure="Bailleur")
    assert faits("reunion.convier") == 1
    assert MembreReunion.objects.filter(utilisateur=nora).count() == 1


def test_on_ne_retire_pas_qui_a_envoye_des_notes(seance):
    seance.envoyer(seance.eva)
    with pytest.raises(OperationRefusee, match="marquez-la plutôt excusée"):
        operations.retirer_membre(seance.membre(seance.eva), par=seance.denis)
    membre = seance.membre(seance.farid)
    operations.enregistrer_evaluation(seance.dossier, par=seance.farid, notes={})
    operations.retirer_membre(membre, par=seance.denis)
    assert not Evaluation.objects.filter(evaluateur=seance.farid).exists()
    with pytest.raises(OperationRefusee, match="plus conviée"):
        operations.retirer_membre(membre, par=seance.denis)


def test_inscrire_met_en_evaluation_au_dernier_rang(seance):
    dossier = DossierFactory(appel=seance.appel, complet=True, recevable=True)
    passage = operations.inscrire(seance.reunion, dossier, par=seance.denis)
    dossier.refresh_from_db()
    assert (passage.rang, dossier.etat) == (2, Etat.EN_EVALUATION)
    with pytest.raises(TransitionInterdite, match="en évaluation"):
        operations.inscrire(seance.reunion, dossier, par=seance.denis)
    assert faits("dossier.mettre_en_evaluation") == 1
    assert PassageDossier.objects.filter(dossier=dossier).count() == 1


def test_inscrire_refuse_un_autre_appel_et_un_dossier_non_recevable(seance):
    with pytest.raises(OperationRefusee, match="autre appel"):
        operations.inscrire(seance.reunion, DossierFactory(recevable=True), par=seance.denis)
    depose = DossierFactory(appel=seance.appel, depose=True)
    with pytest.raises(TransitionInterdite, match="déposé"):
        operations.inscrire(seance.reunion, depose, par=seance.denis)
    assert PassageDossier.objects.count() == 1


def test_retirer_de_l_ordre_du_jour_rend_le_dossier_recevable(seance):
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes=seance.grille())
    operations.desinscrire(seance.passage, par=seance.denis, motif="Examiné plus tard.")
    assert seance.dossier.etat == Etat.RECEVABLE
    assert not Evaluation.objects.exists()
    assert Evenement.objects.get(type="dossier.revenir_a_la_recevabilite").donnees["motif"] == "Examiné plus tard."
    with pytest.raises(OperationRefusee, match="plus à l’ordre du jour"):
        operations.desinscrire(PassageDossier(pk=999, reunion=seance.reunion, dossier=seance.dossier),
                               par=seance.denis, motif="Encore.")  # fmt: skip


def test_un_dossier_deja_note_reste_a_l_ordre_du_jour(seance):
    seance.envoyer(seance.eva)
    with pytest.raises(OperationRefusee, match="Des notes ont été envoyées"):
        operations.desinscrire(seance.passage, par=seance.denis, motif="Trop tard.")
    assert seance.dossier.etat == Etat.EN_EVALUATION


def test_retirer_de_l_ordre_du_jour_demande_un_motif(seance):
    with pytest.raises(dossiers.OperationRefusee, match="pourquoi"):
        operations.desinscrire(seance.passage, par=seance.denis, motif=" ")
    assert PassageDossier.objects.count() == 1


def test_deplacer_renumerote_sans_trou(seance):
    autres = [PassageFactory(reunion=seance.reunion) for _ in range(2)]
    operations.deplacer(autres[1], par=seance.denis, vers=1)
    ordre = [(p.rang, p.pk) for p in seance.reunion.passages.order_by("rang")]
    assert ordre == [(1, autres[1].pk), (2, seance.passage.pk), (3, autres[0].pk)]
    operations.deplacer(autres[1], par=seance.denis, vers=99)
    assert [p.rang for p in seance.reunion.passages.all()] == [1, 2, 3]


# Noter


def test_un_brouillon_se_garde_puis_s_envoie_une_seule_fois(seance):
    criteres = list(seance.appel.criteres.all())
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes={criteres[0]: 2}, commentaire=" À voir ")
    reste = len(criteres) - 1
    with pytest.raises(OperationRefusee, match=f"Il reste {reste} critère"):
        operations.envoyer_evaluation(seance.dossier, par=seance.eva)
    assert Evaluation.objects.get().brouillon["commentaire"] == "À voir"
    seance.envoyer(seance.eva)
    for geste in (lambda: operations.envoyer_evaluation(seance.dossier, par=seance.eva),
                  lambda: operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes={})):  # fmt: skip
        with pytest.raises(OperationRefusee, match="déjà envoyé"):
            geste()
    assert faits("evaluation.envoyer") == 1
    assert Note.objects.count() == len(criteres)


@pytest.mark.parametrize("valeur", [-1, 6, 100])
def test_une_note_hors_bornes_est_refusee(seance, valeur):
    critere = seance.appel.criteres.first()
    with pytest.raises(OperationRefusee, match="de 0 à 5"):
        operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes={critere: valeur})
    assert not Evaluation.objects.exists()


def test_un_critere_d_un_autre_appel_est_refuse(seance):
    with pytest.raises(OperationRefusee, match="pas dans la grille"):
        operations.enregistrer_evaluation(
            seance.dossier, par=seance.eva, notes={AppelFactory().criteres.first(): 3}
        )  # fmt: skip
    assert not Evaluation.objects.exists()


def test_on_ne_note_que_ce_qui_est_a_l_ordre_du_jour_d_une_de_ses_reunions(seance):
    hors = DossierFactory(appel=seance.appel, complet=True, en_evaluation=True)
    autre_seance = PassageFactory(reunion=ReunionFactory(appel=seance.appel)).dossier
    for dossier in (hors, autre_seance):
        with pytest.raises(OperationRefusee, match="où vous notez"):
            operations.enregistrer_evaluation(dossier, par=seance.eva, notes={})
    with pytest.raises(OperationRefusee, match="où vous notez"):
        operations.enregistrer_evaluation(seance.dossier, par=seance.gisele, notes={})
    assert not Evaluation.objects.exists()


def test_on_ne_note_pas_le_dossier_de_son_association(seance):
    MembreFactory(utilisateur=seance.eva, organisme=seance.dossier.organisme)
    with pytest.raises(OperationRefusee, match="déclarez un conflit d’intérêts"):
        seance.envoyer(seance.eva)


def test_les_notes_se_reprennent_meme_decouvertes(seance):
    seance.envoyer(seance.eva)
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    seance.envoyer(seance.eva, niveau=1)
    seance.envoyer(seance.farid)
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    assert faits("evaluation.rouvrir") == 2
    assert revele(seance)


def test_rouvrir_sans_avoir_envoye_est_refuse(seance):
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes={})
    with pytest.raises(OperationRefusee, match="pas encore envoyé"):
        operations.rouvrir_evaluation(seance.dossier, par=seance.eva)


def test_des_notes_lues_ne_redeviennent_pas_secretes_quand_un_membre_s_ajoute(seance):
    """Sans cela, on lirait les notes des autres, on ferait venir quelqu'un, et on reprendrait les siennes en secret."""
    seance.envoyer(seance.eva)
    seance.envoyer(seance.farid)
    nora = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    operations.convier(seance.reunion, nora, par=seance.denis)
    assert revele(seance)
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    seance.envoyer(seance.eva, niveau=0)
    assert Evaluation.objects.get(evaluateur=seance.eva).versions.first().apres_lecture
    seance.envoyer(nora)


def test_un_excuse_n_est_plus_attendu_et_son_retour_ne_cache_rien(seance):
    seance.envoyer(seance.eva)
    assert not revele(seance)
    operations.marquer_presence(seance.membre(seance.farid), Presence.EXCUSE, par=seance.denis)
    assert revele(seance)
    operations.marquer_presence(seance.membre(seance.farid), Presence.ATTENDU, par=seance.denis)
    assert revele(seance)


def test_apres_l_avis_les_notes_ne_changent_plus(seance):
    seance.envoyer(seance.eva)
    seance.rendre()
    dossiers.revenir(seance.dossier, "revenir_en_evaluation", par=seance.denis, motif="Montant à corriger.")
    for utilisateur in (seance.eva, seance.farid):
        with pytest.raises(OperationRefusee, match="terminée"):
            seance.envoyer(utilisateur)


# Se déporter


def test_le_deport_efface_les_notes_et_ferme_le_dossier(seance):
    seance.envoyer(seance.eva, niveau=5)
    seance.envoyer(seance.farid, niveau=1)
    for _ in range(2):
        operations.declarer_deport(seance.dossier, par=seance.eva, motif="Trésorière de l’association.")
    assert Deport.objects.count() == 1
    assert faits("deport.declarer") == 1
    restantes = lecture.evaluations_envoyees([seance.dossier])[seance.passage.dossier_id]
    assert lecture.synthese_des_notes(restantes).moyenne == D("20.00")
    assert not Dossier.objects.visibles_par(seance.eva).filter(pk=seance.passage.dossier_id).exists()
    with pytest.raises(OperationRefusee, match="déporté"):
        seance.envoyer(seance.eva)


def test_une_note_restee_d_un_deporte_ne_compte_pas(seance):
    EvaluationFactory(dossier=seance.dossier, evaluateur=seance.eva, niveau=5)
    Deport.objects.create(dossier=seance.dossier, utilisateur=seance.eva, motif="Lien")
    assert lecture.evaluations_envoyees([seance.dossier])[seance.passage.dossier_id] == []


def test_le_deport_decouvre_les_notes_des_autres_quand_ils_ont_tous_envoye(seance):
    seance.envoyer(seance.farid)
    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Lien familial.")
    assert revele(seance)


def test_le_deport_vaut_aussi_pour_un_agent(seance):
    AffectationFactory(utilisateur=seance.eva, collectivite=seance.appel.collectivite, role=Role.AGENT)
    seance.eva.oublier_les_roles()
    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Membre du bureau.")
    assert not Dossier.objects.visibles_par(seance.eva).exists()
    assert not Dossier.objects.instruits_par(seance.eva).exists()
    with pytest.raises(OperationRefusee, match="un autre agent"):
        operations.rendre_avis(seance.dossier, par=seance.eva, sens="defavorable", montants={})


def test_le_deport_dit_pourquoi_et_depuis_une_reunion_ou_l_on_siege(seance):
    with pytest.raises(OperationRefusee, match="quel lien"):
        operations.declarer_deport(seance.dossier, par=seance.eva, motif="  ")
    with pytest.raises(OperationRefusee, match="d’une de vos réunions"):
        operations.declarer_deport(seance.dossier, par=AffectationFactory(role=Role.AGENT).utilisateur, motif="Lien")
    assert not Deport.objects.exists()


def test_apres_la_cloture_un_lien_se_signale_au_service(seance):
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    with pytest.raises(OperationRefusee, match="close"):
        operations.declarer_deport(seance.dossier, par=seance.eva, motif="Lien")


# Rendre l'avis


def test_l_avis_garde_les_montants_et_fait_avancer_le_dossier(seance):
    seance.rendre("reserves", montants=seance.demandes(D("0.5")), reserves=" Ouvrir le samedi ", observations="Utile")
    avis = Avis.objects.get()
    assert (seance.dossier.etat, avis.sens, avis.reserves) == (Etat.EVALUE, "reserves", "Ouvrir le samedi")
    assert [m.montant for m in avis.montants.all()] == [D("1500.00")]


def test_un_montant_ne_depasse_pas_la_demande(seance):
    financeur, demande = next(iter(seance.demandes().items()))
    for montant in (demande + D("0.01"), D("-1")):
        with pytest.raises(OperationRefusee, match="de zéro au montant demandé"):
            seance.rendre(montants={financeur: montant})
    autre = AppelFactory().financeurs.first()
    with pytest.raises(OperationRefusee, match="Rien n’est demandé"):
        seance.rendre(montants={autre: D("1")})
    assert seance.dossier.etat == Etat.EN_EVALUATION
    assert not Avis.objects.exists()


def test_un_avis_dit_ses_reserves_et_un_defavorable_ne_propose_rien(seance):
    with pytest.raises(OperationRefusee, match="dit lesquelles"):
        seance.rendre("reserves", reserves="  ")
    with pytest.raises(OperationRefusee, match="aucun montant"):
        seance.rendre("defavorable", montants=seance.demandes())
    with pytest.raises(OperationRefusee, match="sens de l’avis"):
        seance.rendre("peut-être")
    assert not Avis.objects.exists()


def test_deux_agents_rendent_l_avis_en_meme_temps(seance):
    """Le second clic trouve le dossier évalué : le premier avis reste."""
    vieux = seance.dossier
    seance.rendre("favorable")
    with pytest.raises(TransitionInterdite, match="évalué"):
        seance.rendre("defavorable", dossier=vieux)
    assert Avis.objects.get().sens == "favorable"
    assert faits("dossier.constater_avis") == 1


def test_un_avis_se_corrige_apres_retour_en_evaluation(seance):
    seance.rendre("favorable")
    dossiers.revenir(seance.dossier, "revenir_en_evaluation", par=seance.denis, motif="Erreur de saisie.")
    seance.rendre("defavorable")
    avis = Avis.objects.get()
    assert (avis.sens, [m.montant for m in avis.montants.all()]) == ("defavorable", [D("0.00")])


def test_un_ajournement_est_un_avis_et_le_dossier_avance(seance):
    seance.rendre("ajourne", montants={})
    assert seance.dossier.etat == Etat.EVALUE
    operations.clore_reunion(seance.reunion, par=seance.denis)


def test_un_dossier_sans_reunion_ne_recoit_pas_d_avis(seance):
    seul = DossierFactory(appel=seance.appel, complet=True, en_evaluation=True)
    with pytest.raises(OperationRefusee, match="aucune réunion"):
        seance.rendre(dossier=seul, montants={})


# Clore


def test_la_reunion_se_clot_quand_chaque_dossier_a_son_avis(seance):
    with pytest.raises(OperationRefusee, match="attend encore un avis"):
        operations.clore_reunion(seance.reunion, par=seance.denis)
    PassageFactory(reunion=seance.reunion)
    with pytest.raises(OperationRefusee, match="2 dossiers"):
        operations.clore_reunion(seance.reunion, par=seance.denis)
    for passage in seance.reunion.passages.select_related("dossier"):
        seance.rendre("ajourne", dossier=passage.dossier, montants={})
    operations.clore_reunion(seance.reunion, par=seance.denis)
    assert revele(seance)
    with pytest.raises(OperationRefusee, match="close"):
        operations.clore_reunion(seance.reunion, par=seance.denis)
    assert faits("reunion.clore") == 1


def test_un_dossier_retire_par_le_porteur_n_empeche_pas_de_clore(seance):
    alice = MembreFactory(organisme=seance.dossier.organisme).utilisateur
    dossiers.retirer(seance.dossier, par=alice)
    operations.clore_reunion(seance.reunion, par=seance.denis)


def test_une_reunion_close_ne_change_plus(seance):
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    membre = seance.membre(seance.eva)
    recevable = DossierFactory(appel=seance.appel, complet=True, recevable=True)
    gestes = [
        lambda: operations.modifier_reunion(seance.reunion, par=seance.denis, titre="Autre"),
        lambda: operations.convier(seance.reunion, seance.eva, par=seance.denis),
        lambda: operations.retirer_membre(membre, par=seance.denis),
        lambda: operations.marquer_presence(membre, Presence.PRESENT, par=seance.denis),
        lambda: operations.inscrire(seance.reunion, recevable, par=seance.denis),
        lambda: operations.desinscrire(seance.passage, par=seance.denis, motif="Tard"),
        lambda: operations.deplacer(seance.passage, par=seance.denis, vers=1),
        lambda: seance.rendre(),
    ]
    avant = Evenement.objects.count()
    for geste in gestes:
        with pytest.raises(OperationRefusee, match="close"):
            geste()
    assert Evenement.objects.count() == avant


def test_rouvrir_permet_de_corriger_sans_recacher_les_notes(seance):
    seance.envoyer(seance.eva)
    seance.rendre("favorable")
    operations.clore_reunion(seance.reunion, par=seance.denis)
    with pytest.raises(OperationRefusee, match="pourquoi"):
        operations.rouvrir_reunion(seance.reunion, par=seance.denis, motif=" ")
    operations.rouvrir_reunion(seance.reunion, par=seance.denis, motif="Montant mal recopié.")
    with pytest.raises(OperationRefusee, match="déjà ouverte"):
        operations.rouvrir_reunion(seance.reunion, par=seance.denis, motif="Encore.")
    assert revele(seance)
    dossiers.revenir(seance.dossier, "revenir_en_evaluation", par=seance.denis, motif="Montant mal recopié.")
    seance.rendre("ajourne", montants={})
    operations.clore_reunion(seance.reunion, par=seance.denis)
    assert Evenement.objects.get(type="reunion.rouvrir").donnees["motif"] == "Montant mal recopié."


# Procès-verbal


def test_un_double_clic_ne_demande_qu_un_proces_verbal(seance):
    premier = operations.demander_proces_verbal(seance.reunion, par=seance.denis)
    assert operations.demander_proces_verbal(seance.reunion, par=seance.denis) == premier
    ProcesVerbal.objects.update(produit_le=seance.reunion.debut)
    assert operations.demander_proces_verbal(seance.reunion, par=seance.denis).version == 2
    assert faits("reunion.demander_proces_verbal") == 2


def test_chaque_refus_laisse_le_journal_intact(seance):
    avant = Evenement.objects.count()
    with pytest.raises(OperationRefusee):
        operations.clore_reunion(seance.reunion, par=seance.denis)
    assert Evenement.objects.count() == avant
