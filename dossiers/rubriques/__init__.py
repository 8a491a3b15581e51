"""Les rubriques du formulaire Cerfa 12156*06, depuis les valeurs figées : les mêmes à l'écran et dans le PDF."""

from documents.dossier_complet import Cases, Partie, Rubrique, Tableau
from dossiers.rubriques import projet, signature, structure
from dossiers.rubriques.ecriture import euros, periode


def rubriques(donnees):
    """Toutes les rubriques, dans l'ordre du formulaire."""
    return (
        *_projet_et_structure(donnees),
        Rubrique("7. Attestations", tuple(signature.attestations(donnees))),
        Rubrique("Pièces jointes", (signature.pieces(donnees),)),
    )


def a_relire(donnees):
    """Ce que l'organisme a écrit, avant qu'il s'engage : ce que lisent ceux qui relisent."""
    return (
        *_projet_et_structure(donnees),
        Rubrique("Pièces jointes", (signature.pieces(donnees, empreintes=False),)),
    )


def _projet_et_structure(donnees):
    return (
        Rubrique("La demande", (_demande(donnees),)),
        Rubrique("1. Identification", (structure.identite(donnees), structure.personnes(donnees))),
        Rubrique("2. Relations avec l’administration", (structure.administration(donnees),)),
        Rubrique("3. Relations avec d’autres associations", (structure.associations(donnees),)),
        Rubrique("4. Moyens humains de la structure", (structure.effectifs(donnees),)),
        Rubrique("5. Budget de la structure", (structure.budget_structure(donnees),)),
        Rubrique(
            "6. Projet, objet de la demande",
            (
                projet.action(donnees),
                projet.objectifs(donnees),
                projet.public(donnees),
                projet.moyens(donnees),
                projet.resultats(donnees),
                projet.budget(donnees),
            ),
        ),
    )


def resume(donnees):
    """L'essentiel, en tête du document."""
    d, totaux = donnees["dossier"], donnees["budget"]["totaux"]
    quartiers = dict.fromkeys(cible["quartier"] for cible in donnees["cibles"])
    return (
        ("Numéro du dossier", d["numero"]),
        ("Organisme", donnees["organisme"]["nom"]),
        ("Appel à projets", donnees["appel"]["intitule"]),
        ("Quartiers", ", ".join(quartiers)),
        ("Période", periode(d["debut"], d["fin"])),
        ("Montant demandé", f"{euros(totaux['demande'])} sur un coût total de {euros(totaux['charges'])}"),
    )


def _demande(donnees):
    d = donnees["dossier"]
    renouvelle, pluriannuel = bool(d["renouvelle"]), d["nb_annees"] > 1
    financements = donnees["budget"]["financements"]
    suite = f" (dossier {d['renouvelle']})" if renouvelle else ""
    return Partie(
        "",
        "",
        (
            Cases("Forme", ((True, "En numéraire (argent)"), (False, "En nature"))),
            Cases("Fréquence", ((not renouvelle, "Première demande"), (renouvelle, f"Renouvellement{suite}"))),
            Cases("Objet", ((False, "Fonctionnement global"), (True, "Projet ou action"))),
            Cases(
                "Période",
                (
                    (not pluriannuel, "Annuelle ou ponctuelle"),
                    (pluriannuel, f"Pluriannuelle{f' ({_annees(d)})' if pluriannuel else ''}"),
                ),
            ),
            Tableau(
                "Demande adressée à",
                ("Financeur", "Montant demandé"),
                tuple((f["financeur"], euros(f["montant"])) for f in financements),
                a_droite=(1,),
                total=("Total demandé", euros(donnees["budget"]["totaux"]["demande"])) if len(financements) > 1 else (),
                vide="Aucun montant n’est encore demandé.",
            ),
        ),
    )


def _annees(d):
    return f"{d['nb_annees']} ans"
