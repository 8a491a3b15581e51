"""Tout l'appel sur une page, avant de le publier ou de le copier ; chaque ligne mène où la changer."""

from typing import NamedTuple

from django.urls import reverse

from appels.apercu import apercu
from appels.conditions import conditions, pieces_d_une_association
from appels.regles import enonce, fourchette, periode, somme
from appels.sections import SECTIONS


class Sujet(NamedTuple):
    titre: str
    url: str
    phrases: list


def recapitulatif(appel):
    listes = conditions(appel)
    a_joindre = pieces_d_une_association(listes.pieces)
    return [
        Sujet(titre, reverse(route, args=[appel.slug]), phrases)
        for titre, route, phrases in (
            ("Règles et plafonds", "appels-regles", _regles(appel)),
            ("Financeurs", "appels-financeurs", [financeur.libelle for financeur in listes.financeurs]),
            ("Objectifs", "appels-objectifs", [f"Objectifs retenus : {appel.objectifs.count()}"]),
            ("Éligibilité", "appels-regles-eligibilite", [enonce(regle, appel) for regle in listes.regles]),
            ("Formulaire", "appels-formulaire", _formulaire(appel, len(a_joindre.a_chercher))),
            ("Pièces", "appels-pieces", [
                f"Pour une association : {len(a_joindre.permanentes)} du porte-documents, "
                f"{len(a_joindre.a_chercher)} propres à l’action",
                f"Selon le cas : {len(a_joindre.selon_le_cas)} ; facultatives : {len(a_joindre.facultatives)}",
            ]),
            ("Grille", "appels-grille", [
                f"{len(listes.criteres)} critères, poids total de {sum(c.poids for c in listes.criteres)}"
            ]),
        )
    ]  # fmt: skip


def _regles(appel):
    benevolat = "compte" if appel.benevolat_dans_assiette else "ne compte pas"
    return [
        f"Aide demandée : {fourchette(appel)}",
        f"Part publique : {appel.taux_max_public.normalize():f} % au plus",
        f"L’action se déroule {periode(appel)}",
        f"Le bénévolat {benevolat} dans le coût ; une heure vaut {somme(appel.taux_horaire_benevolat)}",
    ]


def _formulaire(appel, pieces):
    vu = apercu(appel, pieces)
    phrases = [f"Formulaire complet : environ {vu.complet.duree}"]
    if vu.simplifie:
        phrases.append(f"Jusqu’à {somme(appel.seuil_simplifie)}, une page : environ {vu.simplifie.duree}")
    masquees = [section.libelle for section in SECTIONS if section.code not in appel.sections]
    if masquees:
        phrases.append(f"Non demandé : {', '.join(masquees)}")
    if appel.pre_projet_delai_jours:
        phrases.append(f"Réponse aux idées sous {appel.pre_projet_delai_jours} jours")
    return phrases
