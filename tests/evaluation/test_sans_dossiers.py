"""Groupes de travail et pilotage : préparer, tenir, suivre ; ni dossiers ni notes."""

import html
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appels.models import EnjeuPrioritaire
from comptes.models import Role
from evaluation import operations, suites
from evaluation.models import Invite, Reunion
from evaluation.operations import OperationRefusee, convocation, points
from evaluation.operations.invites import inviter, marquer_presences
from evaluation.operations.sans_dossiers import preparer
from journal.models import Evenement
from tests.evaluation.conftest import personne
from tests.fabriques import AffectationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enjeu(seance):
    return EnjeuPrioritaire.objects.create(
        convention=seance.appel.convention, code="EP2", texte="Prévention de la délinquance"
    )


@pytest.fixture
def groupe(seance, enjeu):
    return preparer(
        par=seance.denis,
        nature="groupe_travail",
        collectivite=seance.appel.collectivite,
        enjeu_prioritaire=enjeu,
        titre="Prévention",
        debut=timezone.now() + timedelta(days=10),
        lieu="Salle B",
    )


def ajouter(groupe, seance, *titres):
    return [points.ajouter_point(groupe, par=seance.denis, titre=titre) for titre in titres]


def titres(reunion):
    return list(reunion.points.order_by("rang").values_list("titre", flat=True))


def le(jours):
    return timezone.localtime(timezone.now() + timedelta(days=jours)).strftime("%Y-%m-%dT14:00")


def test_l_agent_cree_un_groupe_sur_un_enjeu_prioritaire(client, seance, enjeu):
    client.force_login(seance.denis)
    adresse = reverse("reunions-nouveau-groupe")
    assert client.post(adresse, {"titre": "Santé", "debut": le(3)}).status_code == 422
    reponse = client.post(adresse, {"titre": "Santé", "debut": le(3), "fin": "16:00", "enjeu_prioritaire": enjeu.pk})
    reunion = Reunion.objects.get(titre="Santé")
    assert reponse.url == reverse("reunions-detail", args=[reunion.pk])
    assert (reunion.nature, reunion.appel, reunion.collectivite) == (
        "groupe_travail",
        None,
        seance.appel.collectivite,
    )
    assert client.post(adresse, {"titre": "Soir", "debut": le(3), "fin": "13:00"}).status_code == 422


def test_le_pilotage_invite_la_ctg_la_cite_educative_et_le_pre(client, seance):
    client.force_login(seance.denis)
    adresse = reverse("reunions-nouveau-pilotage")
    client.post(adresse, {"titre": "Automne", "debut": le(20), "invitations": ["ctg", "cite", "pre"]})
    pilotage = Reunion.objects.get(titre="Automne")
    assert pilotage.invites.count() == 3
    client.post(adresse, {"titre": "Printemps", "debut": le(200), "comme_avant": "on", "invitations": ["ctg"]})
    assert Reunion.objects.get(titre="Printemps").invites.count() == 3


def test_un_enjeu_d_ailleurs_est_refuse(seance, enjeu):
    ailleurs = AffectationFactory(utilisateur=seance.denis, role=Role.AGENT).collectivite
    with pytest.raises(OperationRefusee, match="autre collectivité"):
        preparer(
            par=seance.denis, nature="groupe_travail", collectivite=ailleurs, enjeu_prioritaire=enjeu, titre="X",
            debut=timezone.now(),
        )  # fmt: skip


def test_on_y_convie_aussi_agents_et_financeurs(seance, groupe):
    financeur = personne(seance.appel, Role.FINANCEUR, "Hélène", "Vasseur")
    for utilisateur in (financeur, seance.denis, seance.gisele, seance.eva):
        membre = operations.convier(groupe, utilisateur, par=seance.denis)
        assert not membre.evalue
    with pytest.raises(OperationRefusee, match="évaluateurs"):
        operations.convier(seance.reunion, financeur, par=seance.denis)
    with pytest.raises(OperationRefusee, match="invitez"):
        operations.convier(groupe, AffectationFactory(role=Role.AGENT).utilisateur, par=seance.denis)


def test_les_points_s_ajoutent_se_deplacent_et_se_retirent(seance, groupe):
    un, deux, trois = ajouter(groupe, seance, "Un", "Deux", "Trois")
    points.deplacer_point(trois, par=seance.denis, vers=1)
    assert titres(groupe) == ["Trois", "Un", "Deux"]
    points.deplacer_point(trois, par=seance.denis, vers=99)
    points.retirer_point(un, par=seance.denis)
    assert list(groupe.points.values_list("titre", "rang")) == [("Deux", 1), ("Trois", 2)]
    points.modifier_point(deux, par=seance.denis, decision="Décidé.")
    with pytest.raises(OperationRefusee, match="compte rendu"):
        points.retirer_point(deux, par=seance.denis)
    with pytest.raises(OperationRefusee, match="n’est plus"):
        points.retirer_point(un, par=seance.denis)
    with pytest.raises(OperationRefusee, match="titre"):
        points.ajouter_point(groupe, par=seance.denis, titre="  ")


def test_la_page_d_un_point_montre_tout_ce_qui_s_y_ecrit(client, seance, groupe):
    """Renvoyer la page telle qu'elle s'affiche enregistre : aucun champ exigé n'y manque."""
    point = points.ajouter_point(groupe, par=seance.denis, titre="Point", preparation="À lire.", minutes=20)
    client.force_login(seance.denis)
    adresse = reverse("points-modifier", args=[point.pk])
    lu = client.get(adresse).content.decode()
    champs = dict.fromkeys(re.findall(r'<(?:input|textarea)[^>]* name="([a-z]+)"', lu))
    assert {"titre", "minutes", "preparation", "echanges", "decision", "responsable", "echeance"} <= champs.keys()
    envoi = {"titre": "Point", "minutes": "20", "preparation": "À lire.", "echanges": "Dit.", "vu": champs_caches(lu)}
    assert client.post(adresse, {nom: envoi.get(nom, "") for nom in champs}).status_code == 302
    point.refresh_from_db()
    assert (point.titre, point.echanges) == ("Point", "Dit.")


def champs_caches(page):
    return html.unescape(re.search(r'name="vu" value="([^"]*)"', page).group(1))


def test_une_reunion_thematique_n_a_pas_de_points(seance):
    with pytest.raises(OperationRefusee, match="dossiers"):
        points.ajouter_point(seance.reunion, par=seance.denis, titre="Un")


def test_deux_secretaires_ne_s_effacent_pas(client, seance, groupe):
    (point,) = ajouter(groupe, seance, "Halls")
    client.force_login(seance.denis)
    adresse = reverse("points-modifier", args=[point.pk])
    vu = client.get(adresse).context["empreinte"]
    points.modifier_point(point, par=seance.denis, echanges="Écrit par l’autre.")
    envoi = {"titre": "Halls", "echanges": "Le mien", "vu": vu}
    reponse = client.post(adresse, envoi)
    assert reponse.status_code == 422
    texte = reponse.content.decode()
    assert "Écrit par l’autre." in texte
    assert "Le mien" in texte
    point.refresh_from_db()
    assert point.echanges == "Écrit par l’autre."
    assert client.post(adresse, envoi | {"vu": reponse.context["empreinte"]}).status_code == 302
    point.refresh_from_db()
    assert point.echanges == "Le mien"


def test_ce_qui_reste_ouvert_se_reprend_une_seule_fois(seance, groupe, enjeu):
    suite, sans_suite, _ouvert, fait = ajouter(groupe, seance, "Suite", "Sans suite", "Ouvert", "Fait")
    points.modifier_point(suite, par=seance.denis, decision="Voir", responsable="Marc", echeance=date(2027, 2, 1))
    points.modifier_point(sans_suite, par=seance.denis, decision="Adopté")
    points.modifier_point(fait, par=seance.denis, decision="Voir", responsable="Éva")
    operations.clore_reunion(groupe, par=seance.denis)
    points.solder_point(fait, True, par=seance.denis)
    commun = {"par": seance.denis, "nature": "groupe_travail", "collectivite": groupe.collectivite}
    suivante = preparer(
        **commun, enjeu_prioritaire=enjeu, titre="Suivante", debut=groupe.debut + timedelta(days=60), comme_avant=True
    )
    autre = EnjeuPrioritaire.objects.create(convention=enjeu.convention, code="EP3", texte="Santé")
    ailleurs = preparer(**commun, enjeu_prioritaire=autre, titre="Santé", debut=groupe.debut + timedelta(days=60))
    assert suites.precedente(ailleurs) is None
    assert points.reprendre_points(suivante, par=seance.denis) == 2
    assert titres(suivante) == ["Suite", "Ouvert"]
    assert "Marc" in suivante.points.get(titre="Suite").preparation
    with pytest.raises(OperationRefusee, match="aucun point"):
        points.reprendre_points(suivante, par=seance.denis)


def test_une_reunion_close_ne_change_plus(seance, groupe):
    (point,) = ajouter(groupe, seance, "Halls")
    operations.clore_reunion(groupe, par=seance.denis)
    for essai in (
        lambda: points.ajouter_point(groupe, par=seance.denis, titre="Tard"),
        lambda: points.modifier_point(point, par=seance.denis, decision="Tard"),
        lambda: inviter(groupe, par=seance.denis, nom="Tard"),
        lambda: marquer_presences(groupe, par=seance.denis),
        lambda: convocation.convoquer(groupe, par=seance.denis),
    ):
        with pytest.raises(OperationRefusee, match="close"):
            essai()
    operations.rouvrir_reunion(groupe, par=seance.denis, motif="Une erreur.")
    points.modifier_point(point, par=seance.denis, decision="Corrigé")


def test_personne_d_autre_qu_un_agent_n_ecrit(client, seance, groupe):
    (point,) = ajouter(groupe, seance, "Halls")
    operations.convier(groupe, seance.eva, par=seance.denis)
    with pytest.raises(OperationRefusee, match="agent"):
        points.modifier_point(point, par=seance.eva, decision="Moi")
    client.force_login(seance.eva)
    assert client.post(reverse("points-modifier", args=[point.pk])).status_code == 403
    etranger = AffectationFactory(role=Role.AGENT).utilisateur
    client.force_login(etranger)
    assert client.get(reverse("points-modifier", args=[point.pk])).status_code == 404
    assert client.post(reverse("reunions-convoquer", args=[groupe.pk])).status_code == 404


def test_un_membre_lit_la_preparation_et_un_financeur_aussi(client, seance, groupe):
    points.ajouter_point(groupe, par=seance.denis, titre="Halls", preparation="Deux résidences signalées.")
    financeur = personne(seance.appel, Role.FINANCEUR, "Hélène", "Vasseur")
    adresse = reverse("reunions-detail", args=[groupe.pk])
    client.force_login(financeur)
    assert client.get(adresse).status_code == 404
    operations.convier(groupe, financeur, par=seance.denis)
    page = client.get(adresse).content.decode()
    assert "Deux résidences signalées." in page
    assert "Historique" not in page
    assert "points/ajouter" not in page
    assert groupe.titre in client.get(reverse("evaluation-accueil")).content.decode()


def test_un_invite_n_est_pas_double_et_se_corrige(client, seance, groupe):
    invite = inviter(groupe, par=seance.denis, nom="Karine Lobry", structure="Centre social")
    with pytest.raises(OperationRefusee, match="déjà"):
        inviter(groupe, par=seance.denis, nom="karine lobry ", structure="centre social")
    operations.convier(groupe, seance.eva, par=seance.denis)
    with pytest.raises(OperationRefusee, match="son compte"):
        inviter(groupe, par=seance.denis, nom="Éva", courriel=seance.eva.email.upper())
    client.force_login(seance.denis)
    adresse = reverse("invites-modifier", args=[invite.pk])
    assert client.post(adresse, {"nom": "Karine Lobry", "courriel": "pas une adresse"}).status_code == 422
    assert client.post(adresse, {"nom": "Karine Lobry", "courriel": "K@Centre.test"}).status_code == 302
    assert Invite.objects.get(pk=invite.pk).courriel == "k@centre.test"


def test_la_feuille_de_presence_s_enregistre_d_un_coup(client, seance, groupe):
    invite = inviter(groupe, par=seance.denis, nom="Karine")
    membre = operations.convier(groupe, seance.eva, par=seance.denis)
    client.force_login(seance.denis)
    adresse = reverse("reunions-presences", args=[groupe.pk])
    client.post(adresse, {f"membre-{membre.pk}": "present", f"invite-{invite.pk}": "excuse", "invite-x": "present"})
    membre.refresh_from_db()
    invite.refresh_from_db()
    assert (membre.presence, invite.presence) == ("present", "excuse")
    client.post(adresse, {f"membre-{membre.pk}": "volant"})
    membre.refresh_from_db()
    assert membre.presence == "present"
    assert Evenement.objects.de(groupe).filter(type="reunion.marquer_presences").count() == 1


def test_annuler_garde_la_page_et_rouvrir_la_rend(seance, groupe):
    with pytest.raises(OperationRefusee, match="pourquoi"):
        convocation.annuler_reunion(groupe, par=seance.denis, motif=" ")
    with pytest.raises(OperationRefusee, match="autre réunion"):
        convocation.annuler_reunion(seance.reunion, par=seance.denis, motif="Grève")
    convocation.annuler_reunion(groupe, par=seance.denis, motif="Grève des transports")
    groupe.refresh_from_db()
    assert groupe.est_annulee
    assert groupe.est_close
    operations.rouvrir_reunion(groupe, par=seance.denis, motif="Finalement.")
    groupe.refresh_from_db()
    assert not groupe.est_annulee


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_coute_le_meme_prix_a_un_et_trois_points(client, seance, groupe, nombre, django_assert_max_num_queries):
    for rang in range(nombre):
        points.ajouter_point(groupe, par=seance.denis, titre=f"Point {rang}")
        inviter(groupe, par=seance.denis, nom=f"Invité {rang}")
        operations.convier(groupe, personne(seance.appel, Role.EVALUATEUR, "P", f"N{rang}"), par=seance.denis)
    client.force_login(seance.denis)
    with django_assert_max_num_queries(14):
        assert client.get(reverse("reunions-detail", args=[groupe.pk])).status_code == 200


@pytest.mark.parametrize("nombre", [1, 3])
def test_l_accueil_les_montre_et_filtre_par_nature(client, seance, groupe, nombre, django_assert_max_num_queries):
    for _ in range(nombre - 1):
        Reunion.objects.create(
            nature="pilotage", collectivite=groupe.collectivite, titre="Pilotage", debut=timezone.now()
        )
    client.force_login(seance.denis)
    with django_assert_max_num_queries(15):
        tous = client.get(reverse("evaluation-accueil")).content.decode()
    assert groupe.titre in tous
    assert seance.reunion.titre in tous
    groupes = client.get(reverse("evaluation-accueil"), {"nature": "groupe_travail"}).content.decode()
    assert groupe.titre in groupes
    assert seance.reunion.titre not in groupes
    Reunion.objects.filter(nature="pilotage").delete()
    assert (
        "Aucun pilotage communal" in client.get(reverse("evaluation-accueil"), {"nature": "pilotage"}).content.decode()
    )
