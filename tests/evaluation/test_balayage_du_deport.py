"""Le balayage du déport : toutes les routes, tous les objets, tous les rôles ; rien ne s'y lit ni ne s'écrit.

Le témoin d'abord : les mêmes personnes, avant de se déporter, lisent les marques du dossier et l'écrivent. Une route
nouvelle entre d'elle-même dans le balayage ; si l'on ne sait pas lui fabriquer d'adresse, le test échoue.
"""

import logging
import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from dossiers import operations as dossiers
from dossiers.etats import Etat
from dossiers.models import Dossier, Piece
from evaluation.models import FicheHabitant, PassageDossier, Seance
from evaluation.views import flux
from notifications.models import Envoi
from notifications.travail import vider
from programmation.models import Acte
from tests.architecture.adresses import toutes
from tests.caches import vider_le_cache
from tests.evaluation.balayage import balayer, entre, lire, ou_se_lisent
from tests.evaluation.decor_du_deport import MARQUES, deporter, dresser, marques

pytestmark = [pytest.mark.django_db, pytest.mark.lent]

# Ce qu'un déporté lit encore, et pourquoi.
PERMIS = {
    # La fiche d'un projet se lit dans la rue, code en main : celle de l'an suivant dit comment il s'appelait.
    "avis-habitant-repondre": {"intitulé", "coût"},
    "habitants-imprimer": {"intitulé", "coût"},
    # La subvention votée puis notifiée est un acte public (CRPA, art. L. 312-1-1).
    "donnees-ouvertes": {"intitulé", "porteur", "prévu"},
    # Qui a la lettre en main, et son code, en vérifie l'origine.
    "verifier-code": {"porteur", "numéro", "intitulé", "prévu"},
}
# Le lien qu'une personne cherche à déclarer commence par le nom de l'organisme, public.
PERMIS |= {nom: {"porteur"} for nom in ("liens-miens", "liens-declarer")}
# Les routes qui doivent montrer le dossier quand on ne s'en est pas déporté : elles prouvent que le balayage voit.
TEMOINS_AU_MOINS = 50
ECRITES_AU_MOINS = 30
REFUS = {403, 404, 405}
# Une session, une adresse qui ralentit : ce qu'écrit toute demande.
HORS_DOSSIER = ("django_session", "cache", "usersessions", "authtoken")


class Annuler(Exception):
    """Défait ce que la demande a écrit."""


class Ecritures(list):
    """Les tables qu'une demande a écrites."""

    def __call__(self, executer, sql, params, many, contexte):
        if lu := re.match(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\W*(\w+)", sql, re.I):
            if not any(mot in lu[1] for mot in HORS_DOSSIER):
                self.append(lu[1])
        return executer(sql, params, many, contexte)


@pytest.fixture
def decor(seance, monkeypatch):
    """La situation, dressée une fois ; un refus attendu n'a rien à dire au journal de la machine."""
    monkeypatch.setattr(flux, "DUREE_S", 0)
    vider_le_cache()
    logging.disable(logging.CRITICAL)
    yield dresser(seance)
    logging.disable(logging.NOTSET)


def a_balayer(decor):
    """Les adresses de tous les objets ; d'un dossier ordinaire, celles du seul qui reprend un dossier du porteur."""
    reprise = Dossier.objects.get(renouvelle__in=decor.jeux)
    gardes = {*decor.jeux.values_list("numero", flat=True), reprise.numero}
    return [ligne for ligne in toutes() if ligne[1].get("numero", reprise.numero) in gardes]


def rejouer(client, adresse):
    """(code, tables écrites) d'un envoi, défait aussitôt."""
    ecritures = Ecritures()
    try:
        with transaction.atomic(), connection.execute_wrapper(ecritures):
            reponse = client.post(adresse)
            if reponse.streaming:
                b"".join(reponse.streaming_content)
            raise Annuler
    except Annuler:
        return reponse.status_code, ecritures


def du_porteur(decor, adresses):
    """Les adresses qui désignent un dossier du porteur, ou ce qui lui appartient."""
    vises = decor.jeux
    numeros = set(vises.values_list("numero", flat=True))
    passages = set(PassageDossier.objects.filter(dossier__in=vises).values_list("pk", flat=True))
    par_radical = {
        "/pieces/": Piece.objects.filter(dossier__in=vises),
        "/evaluation/fiches-habitant/": FicheHabitant.objects.filter(dossier__in=vises),
        "/programmation/actes/": Acte.objects.filter(dossier__in=vises),
        "/notifications/actes/": Acte.objects.filter(dossier__in=vises),
    }
    cles = {radical: set(objets.values_list("pk", flat=True)) for radical, objets in par_radical.items()}
    for route, jeu, adresse, acces in adresses:
        if jeu.get("numero") in numeros or jeu.get("passage_pk") in passages:
            yield route, adresse, acces
        elif any(re.match(rf"{radical}\d", adresse) and jeu["pk"] in pks for radical, pks in cles.items()):
            yield route, adresse, acces


def ecrire_partout(decor, adresses, entrees=None):
    """{(rôle, route): [(adresse, code, tables écrites)]} d'un envoi à chaque adresse du porteur.

    `entrees` : seulement celles-ci ; ce qui refusait déjà le rôle n'a rien à prouver.
    """
    essais = {}
    for role, personne in decor.personnes.items():
        client = Client(raise_request_exception=False)
        client.force_login(personne)
        for route, adresse, acces in du_porteur(decor, adresses):
            if entre(acces, personne) and (entrees is None or (role, route) in entrees):
                essais.setdefault((role, route), []).append((adresse, *rejouer(client, adresse)))
    return essais


def gestes(decor):
    """Les envois qui nomment le dossier dans leur corps : (route, arguments, corps)."""
    seance, examine = decor.seance, PassageDossier.objects.get(dossier=decor.vises["examiné"])
    programme, evalue, recevable = (decor.vises[nom] for nom in ("programmé", "évalué", "recevable"))
    version = Seance.objects.get(reunion=seance.reunion).version
    financeur = seance.appel.financeurs.first()
    slug, reunion = [seance.appel.slug], [seance.reunion.pk]
    ligne = programme.lignes_programmation.get(financeur=financeur)
    montant = {"dossier": programme.pk, "financeur": financeur.pk, "montant": "12", "version": ligne.version}
    deliberation = seance.appel.deliberations.first()
    vote = {"passage": examine.pk, "tour": 2, "montant": "100", "version": 0}
    signalement = seance.appel.collectivite.signalements.filter(dossier=None).first()
    return [
        ("programmation-montant", slug, montant),
        ("programmation-programmer", slug, {}),
        ("programmation-decider", slug, {f"decider-{programme.pk}": "on", "deliberation": deliberation.pk}),
        ("seance-voter", reunion, vote),
        ("seance-geste", reunion, {"geste": "phase", "phase": "resultat_2", "version": version}),
        ("seance-avis", reunion, {"sens": "favorable", "version": version}),
        ("reunions-ordre-du-jour", reunion, {"dossiers": [recevable.pk], "dossier": recevable.pk}),
        ("veille-rattacher", [signalement.pk], {"dossier": evalue.pk}),
    ]


def empreinte(decor):
    """Tout ce qui pend aux dossiers du porteur, à deux pas : l'ordre de passage d'une réunion n'en est pas."""
    vises, trace = decor.jeux, {"dossiers": list(decor.jeux.order_by("pk").values_list())}
    a_suivre = [(rel.related_model, rel.field.name, 1) for rel in Dossier._meta.related_objects]
    for modele, chemin, pas in a_suivre:
        champs = [c.attname for c in modele._meta.concrete_fields if c.name not in ("rang", "suivant")]
        lignes = modele.objects.filter(**{f"{chemin}__in": vises}).order_by("pk").values_list(*champs)
        trace[modele._meta.label, chemin] = list(lignes)
        if pas == 1 and modele is not Dossier:
            suite = [rel for rel in modele._meta.related_objects if not rel.field.many_to_many]
            a_suivre += [(rel.related_model, f"{rel.field.name}__{chemin}", 2) for rel in suite]
    return trace


def test_le_deporte_ne_lit_plus_rien_nulle_part(decor):
    adresses = a_balayer(decor)
    temoins = {}
    for personne in decor.personnes.values():
        for route, lues in ou_se_lisent(balayer(personne, adresses)).items():
            temoins.setdefault(route, set()).update(lues)
    assert set().union(*temoins.values()) == set(MARQUES)
    assert len(temoins) >= TEMOINS_AU_MOINS, sorted(temoins)

    deporter(decor)
    fuites, ouvertes = [], set()
    for role, personne in decor.personnes.items():
        lus = balayer(personne, adresses)
        ouvertes |= set(lus)
        for route, pages in lus.items():
            for adresse, lues in pages.items():
                if reste := lues - PERMIS.get(route, set()):
                    fuites.append(f"{role} : {adresse} ({route}) montre {', '.join(sorted(reste))}")
    assert not fuites, "\n".join(fuites)
    # Le silence ne vient pas d'une porte fermée : réunion, tableau et listes s'ouvrent, et parlent du reste.
    assert {"reunions-detail", "programmation-tableau", "classement-appel", "dossiers-liste"} <= ouvertes


def test_le_deporte_n_ecrit_plus_rien_nulle_part(decor):
    adresses = a_balayer(decor)
    avant = ecrire_partout(decor, adresses)
    entrees = {(r, n) for (r, n), essais in avant.items() if any(code not in REFUS for _, code, _ in essais)}
    assert len({route for _, route in entrees}) >= ECRITES_AU_MOINS, sorted(entrees)

    deporter(decor)
    passes = [
        f"{role} : {adresse} ({route}) répond {code}, écrit {sorted(set(tables))}"
        for (role, route), essais in ecrire_partout(decor, adresses, entrees).items()
        for adresse, code, tables in essais
        if tables or code not in REFUS
    ]
    assert not passes, "\n".join(passes)


def test_un_geste_qui_nomme_le_dossier_dans_son_corps_ne_le_change_pas(decor):
    deporter(decor)
    trace, changes = empreinte(decor), []
    for role, personne in decor.personnes.items():
        client = Client(raise_request_exception=False)
        client.force_login(personne)
        for route, arguments, corps in gestes(decor):
            try:
                with transaction.atomic():
                    reponse = client.post(reverse(route, args=arguments), corps)
                    if empreinte(decor) != trace:
                        changes.append(f"{role} : {route} ({reponse.status_code})")
                    if dits := marques(lire(reponse)) - {"prévu"}:
                        changes.append(f"{role} : {route} montre {sorted(dits)}")
                    raise Annuler
            except Annuler:
                continue
    assert not changes, "\n".join(changes)


def test_les_memes_gestes_changent_le_dossier_sans_deport(decor):
    """Le témoin du précédent : l'empreinte voit bien chacun de ces gestes."""
    trace, vus = empreinte(decor), set()
    for personne in decor.personnes.values():
        client = Client(raise_request_exception=False)
        client.force_login(personne)
        for route, arguments, corps in gestes(decor):
            try:
                with transaction.atomic():
                    client.post(reverse(route, args=arguments), corps)
                    if empreinte(decor) != trace:
                        vus.add(route)
                    raise Annuler
            except Annuler:
                continue
    assert {"programmation-montant", "programmation-programmer", "programmation-decider", "seance-voter"} <= vus, vus


def test_aucun_courriel_n_en_parle_plus(decor):
    """Après le déport, ce qui part encore ne nomme plus le dossier à la personne."""
    deporter(decor)
    deja = set(Envoi.objects.values_list("pk", flat=True))
    adresses = {p.email for p in decor.personnes.values()}

    examine = Dossier.objects.get(pk=decor.vises["évalué"].pk)
    assert examine.etat == Etat.EVALUE
    dossiers.revenir(examine, "revenir_en_evaluation", par=decor.seance.denis, motif="À relire.")
    vider()
    nouveaux = Envoi.objects.exclude(pk__in=deja).filter(destinataire__in=adresses)
    assert not [e.objet for e in nouveaux if marques(f"{e.objet} {e.texte} {e.html} {e.agenda}")]
