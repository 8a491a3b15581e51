"""Répartir les lectures : d'une réunion, case par case ou par règle ; de tout un appel, par règle."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from appels.models import Appel
from comptes.acces import acces
from comptes.models import Role
from dossiers.etats import Etat
from evaluation import lecture, operations
from evaluation.models import MembreReunion
from evaluation.operations.repartition import dernier_changement, derniere_repartition, empreinte
from evaluation.plan_de_lecture import METHODES, Reglages, plan, plan_de_l_appel
from evaluation.views.communs import REFUS, reunion_thematique, tenter

VOULUS_AU_PLUS = 20


def lire_reglages(donnees):
    """Ce que l'adresse ou le formulaire demande ; ce qui ne se comprend pas ne compte pas."""
    methode = donnees.get("methode", "")
    voulus = donnees.get("voulus", "")
    quartiers = {}
    for nom in donnees:
        if nom.startswith("q-") and nom[2:].isdecimal():
            quartiers[int(nom[2:])] = {int(v) for v in donnees.getlist(nom) if v.isdecimal()}
    return Reglages(
        methode=methode if methode in METHODES else "",
        voulus=min(int(voulus), VOULUS_AU_PLUS) if voulus.isdecimal() else None,
        garder="garder" in donnees,
        par_enjeu="par_enjeu" in donnees,
        quartiers=quartiers,
    )


@acces(Role.AGENT)
def repartir(request, pk):
    reunion = reunion_thematique(request, pk)
    reglages = lire_reglages(request.GET)
    propose = plan([reunion], request.user, reglages)
    choix, refus = propose.lecteurs, ""
    if request.method == "POST":
        choix = _choix(request.POST, propose)
        try:
            operations.repartir(
                reunion,
                {pk: qui for pk, qui in choix.items() if pk in _modifiables(propose)},
                par=request.user,
                vu=request.POST.get("vu", ""),
                methode=reglages.methode or "main",
            )
        except REFUS as erreur:
            refus = str(erreur)
        else:
            messages.success(
                request, "La répartition est enregistrée. Chacun retrouve ses dossiers dans sa file de lecture."
            )
            return redirect("reunions-repartir", pk)
    contexte = {
        "reunion": reunion,
        "plan": propose,
        "refus": refus,
        "proposition": bool(reglages.methode) and request.method == "GET",
        "vu": empreinte(propose.designes),
        "annulable": dernier_changement(reunion) is not None,
        **_reglages_affiches(propose, reglages),
        **_tableau(propose, reunion, choix),
    }
    return render(request, "evaluation/repartir.html", contexte, status=409 if refus else 200)


def _modifiables(propose):
    return {dossier.pk for dossier in propose.dossiers if dossier.etat == Etat.EN_EVALUATION}


def _choix(donnees, propose):
    """{dossier: personnes cochées} ; un lecteur qui a envoyé ses notes reste, sa case n'est pas décochable."""
    choix = {dossier.pk: set(propose.acquis[dossier.pk] & propose.designes[dossier.pk]) for dossier in propose.dossiers}
    for valeur in donnees.getlist("lit"):
        dossier, _, personne = valeur.partition("-")
        if dossier.isdecimal() and personne.isdecimal() and int(dossier) in choix:
            choix[int(dossier)].add(int(personne))
    return choix


def _tableau(propose, reunion, choix):
    """Les lignes et les colonnes des cases, avec les charges d'avant et d'après."""
    membres = propose.membres[reunion.pk]
    avant, apres = propose.charges(propose.designes), propose.charges(choix)
    voulus = propose.reglages.voulus if propose.reglages.voulus is not None else reunion.lecteurs_par_dossier
    lignes = []
    for dossier in propose.dossiers:
        coches, actuels, fermes = choix[dossier.pk], propose.designes[dossier.pk], propose.fermes[dossier.pk]
        cases = [
            {
                "membre": membre,
                "conflit": membre.utilisateur_id in fermes,
                "envoye": membre.utilisateur_id in propose.acquis[dossier.pk] & actuels,
                "coche": membre.utilisateur_id in coches,
                "change": (membre.utilisateur_id in coches) != (membre.utilisateur_id in actuels),
            }
            for membre in membres
        ]
        lisent = coches - fermes
        possibles = {m.utilisateur_id for m in membres} - fermes
        lignes.append(
            {
                "dossier": dossier,
                "minutes": lecture.minutes_de_lecture(dossier),
                "cases": cases,
                "ouvert": dossier.etat == Etat.EN_EVALUATION,
                "manque": max(0, voulus - len(lisent)) if coches else 0,
                "impossible": len(possibles) < voulus,
                "tous": not coches,
            }
        )
    colonnes = [
        {
            "membre": membre,
            "excuse": membre.presence == MembreReunion.Presence.EXCUSE,
            "avant": avant[membre.utilisateur_id],
            "apres": apres[membre.utilisateur_id],
        }
        for membre in membres
    ]
    return {
        "lignes": lignes,
        "colonnes": colonnes,
        "voulus": voulus,
        "changements": sum(case["change"] for ligne in lignes for case in ligne["cases"]),
        "manques": [ligne for ligne in lignes if ligne["manque"]],
    }


def _reglages_affiches(propose, reglages):
    """De quoi redonner le formulaire des règles tel qu'il a été rempli."""
    quartiers = {q.pk: q for dossier in propose.dossiers for q in dossier.quartiers}
    personnes = {m.utilisateur_id: m.utilisateur for membres in propose.membres.values() for m in membres}
    return {
        "reglages": reglages,
        "methodes": list(METHODES.items()),
        "quartiers": [
            (
                quartier,
                [(qui, qui.pk in reglages.quartiers.get(quartier.pk, ())) for qui in personnes.values()],
            )
            for quartier in sorted(quartiers.values(), key=lambda q: q.nom)
        ],
    }


@acces(Role.AGENT)
@require_POST
def revenir(request, pk):
    reunion = reunion_thematique(request, pk)
    restes = []
    if (
        tenter(
            request,
            lambda: restes.append(operations.revenir_a_la_repartition_d_avant(reunion, par=request.user)),
            "La répartition d’avant est rétablie.",
        )
        and restes[0]
    ):
        messages.warning(
            request,
            f"{restes[0]} dossier{'s gardent' if restes[0] > 1 else ' garde'} un lecteur qui a envoyé ses notes, "
            "ou n’en retrouve plus un.",
        )
    return redirect("reunions-repartir", pk)


def _appel(request, slug):
    return get_object_or_404(Appel.objects.geres_par(request.user).select_related("convention"), slug=slug)


@acces(Role.AGENT)
def repartir_appel(request, slug):
    appel = _appel(request, slug)
    donnees = request.POST if request.method == "POST" else request.GET
    reglages = lire_reglages(donnees)
    refus = ""
    if request.method == "POST":
        try:
            operations.repartir_appel(
                appel,
                lambda: plan_de_l_appel(appel, request.user, reglages),
                par=request.user,
                vu=request.POST.get("vu", ""),
            )
        except REFUS as erreur:
            refus = str(erreur)
        else:
            messages.success(
                request, "La répartition est enregistrée. Chacun retrouve ses dossiers dans sa file de lecture."
            )
            return redirect("appels-repartir", slug)
    propose = plan_de_l_appel(appel, request.user, reglages)
    contexte = {
        "appel": appel,
        "plan": propose,
        "refus": refus,
        "champs": [
            (nom, valeur)
            for nom in donnees
            if nom not in ("vu", "csrfmiddlewaretoken")
            for valeur in donnees.getlist(nom)
        ],
        "proposition": bool(reglages.methode or reglages.par_enjeu),
        "sections": _sections(propose),
        "charges": _charges(propose),
        "annulable": derniere_repartition(appel) is not None,
        **_reglages_affiches(propose, reglages),
    }
    return render(request, "evaluation/repartir_appel.html", contexte, status=409 if refus else 200)


def _sections(propose):
    """Réunion par réunion : ses dossiers, leurs lecteurs d'avant et d'après."""
    noms = {m.utilisateur_id: m.utilisateur for membres in propose.membres.values() for m in membres}
    sections = {reunion.pk: (reunion, []) for reunion in propose.reunions}
    for dossier in propose.dossiers:
        reunion = propose.place.get(dossier.pk)
        if reunion is None:
            continue
        avant, apres = propose.designes[dossier.pk], propose.lecteurs[dossier.pk]
        sections[reunion.pk][1].append(
            {
                "dossier": dossier,
                "entre": dossier.etat == Etat.RECEVABLE,
                "lecteurs": [
                    (noms[pk], pk not in avant)
                    for pk in sorted(apres, key=lambda p: str(noms.get(p, "")))
                    if pk in noms
                ],
                "retires": [noms[pk] for pk in sorted(avant - apres) if pk in noms],
                "manque": propose.manques.get(dossier.pk),
            }
        )
    return list(sections.values())


def _charges(propose):
    """(personne, dossiers et minutes avant, dossiers et minutes après), toutes réunions ensemble."""
    avant, apres = propose.charges(propose.designes), propose.charges(propose.lecteurs)
    personnes = {m.utilisateur_id: m.utilisateur for membres in propose.membres.values() for m in membres}
    return [(qui, avant[pk], apres[pk]) for pk, qui in sorted(personnes.items(), key=lambda p: (p[1].nom, p[0]))]


@acces(Role.AGENT)
@require_POST
def annuler_appel(request, slug):
    appel = _appel(request, slug)
    restes = []
    if tenter(
        request,
        lambda: restes.extend(operations.annuler_repartition_appel(appel, par=request.user)),
        "La répartition d’avant est rétablie.",
    ):
        for phrase in restes:
            messages.warning(request, phrase)
    return redirect("appels-repartir", slug)
