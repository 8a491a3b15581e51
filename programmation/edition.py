"""Le tableau en données pour le PDF : les valeurs du `Tableau`, telles quelles ; le document n'additionne rien."""

from django.utils import timezone

from documents.tableau_programmation import Colonne, Groupe, LigneEnveloppe, Rangee, TableauProgrammation
from programmation.classeur import LIGNE_MASQUEE, accorder
from programmation.tableau import Fermete, Groupement


def donnees_pdf(tableau, deliberation=None):
    """`deliberation` : la séance qui a voté ; elle n’est dite que si l’on édite les montants votés."""
    appel = tableau.appel
    colonnes = [c for c in tableau.colonnes if c.ecran or c.cle == "intitule"]
    vote = deliberation and tableau.fermete in (Fermete.VOTE, Fermete.NOTIFIE)
    statut = f"délibéré le {deliberation.date:%d/%m/%Y} (n° {deliberation.numero})" if vote else "projet"
    return TableauProgrammation(
        titre=f"Programmation {appel.annee} – Contrat de ville – {appel.collectivite}",
        collectivite=str(appel.collectivite),
        statut=f"{statut} · montants {tableau.fermete.label.lower()}s",
        edite_le=timezone.localtime(),
        colonnes=tuple(Colonne(c.titre, c.genre, _poids(c)) for c in colonnes),
        groupes=tuple(
            Groupe(
                "" if tableau.filtres.groupe == Groupement.AUCUN else groupe.libelle,
                tuple(Rangee(tuple(ligne.valeurs.get(c.cle) for c in colonnes)) for ligne in groupe.lignes),
                None
                if tableau.filtres.groupe == Groupement.AUCUN
                else _totaux(colonnes, groupe.totaux, f"Sous-total · {accorder(groupe.nombre)}"),
            )
            for groupe in tableau.groupes
        )
        + _masques(tableau, colonnes),
        total=_totaux(colonnes, tableau.total, f"Total · {accorder(tableau.nombre)}"),
        enveloppes=tuple(
            LigneEnveloppe(e.financeur.nom, e.montant, e.consomme, e.reste)
            for e in tableau.enveloppes
            if e.montant is not None
        ),
        legende=_legende(tableau),
        couleur=appel.collectivite.couleur,
    )


def _masques(tableau, colonnes):
    """Une ligne muette par dossier dont la personne s'est déportée ; le total les compte."""
    ligne = Rangee(tuple(LIGNE_MASQUEE if c.cle == "porteur" else None for c in colonnes))
    return (Groupe("", (ligne,) * tableau.masques_ici),) if tableau.masques_ici else ()


def _poids(colonne):
    return {"numero": 11, "porteur": 15, "intitule": 18, "quartiers": 13, "avis": 10, "note": 6, "taux": 8}.get(
        colonne.cle, 10 if colonne.genre == "montant" else 9
    )


def _totaux(colonnes, valeurs, libelle):
    return Rangee(tuple(libelle if c.cle == "porteur" else valeurs.get(c.cle) if c.agregat else None for c in colonnes))


def _legende(tableau):
    phrases = ["Un dossier compte une seule fois dans le total général."]
    if tableau.filtres.groupe == Groupement.QUARTIER:
        phrases.append("Un dossier de plusieurs quartiers est partagé entre eux à parts égales, au centime.")
    if tableau.filtres.actifs:
        phrases.append(f"Vue filtrée : {tableau.nombre} dossiers sur {tableau.nombre_appel}.")
        if tableau.masques:
            phrases.append("Les dossiers dont vous vous êtes déporté n’y sont pas.")
    return " ".join(phrases)
