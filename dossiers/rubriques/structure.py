"""Les rubriques 1 à 5 : la structure, telle que sa fiche permanente la décrit."""

from comptes.models import Organisme
from documents.dossier_complet import Partie, Poste, Recit, Renseignements, Tableau
from dossiers.rubriques.ecriture import compte, en_regard, est_volontaire, euros, jour, nombre, oui, periode, renseignes


def identite(donnees):
    o = donnees["organisme"]
    associative = o["type"] == Organisme.Type.ASSOCIATION
    return Partie(
        "structure",
        "La structure",
        (
            Renseignements(
                (
                    ("Nom", o["nom"]),
                    *renseignes(("Sigle", o["sigle"])),
                    ("Type de structure", o["type_libelle"]),
                    ("Numéro SIRET", o["siret"]),
                    *((("Numéro RNA", o["rna"]),) if o["rna"] or (associative and not o["registre_local"]) else ()),
                    *renseignes(("Registre (Alsace-Moselle)", o["registre_local"])),
                    ("Adresse du siège", f"{o['adresse']}\n{o['code_postal']} {o['ville']}"),
                    *renseignes(
                        ("Adresse de correspondance", o.get("correspondance", "")),
                        ("Téléphone", o.get("telephone", "")),
                        ("Courriel", o.get("courriel", "")),
                        ("Site internet", o["site_web"]),
                    ),
                )
            ),
        ),
    )


def personnes(donnees):
    def personne(cle):
        p = donnees["organisme"][cle]
        nom = " ".join(filter(None, (p["civilite"], p["prenom"], p["nom"])))
        return "\n".join(filter(None, (nom, p["fonction"], p.get("telephone", ""), p.get("courriel", ""))))

    charge = personne("charge")
    return Partie(
        "structure",
        "Les personnes",
        (
            Renseignements(
                (
                    ("Représentant légal", personne("representant")),
                    ("Personne chargée du dossier", charge or "Le représentant légal"),
                )
            ),
        ),
    )


def administration(donnees):
    o = donnees["organisme"]
    utilite = oui(o["utilite_publique"])
    if o["utilite_publique_le"]:
        utilite += f", publiée au Journal officiel le {jour(o['utilite_publique_le'])}"
    return Partie(
        "structure",
        "",
        (
            Renseignements(
                (
                    ("Reconnue d’utilité publique", utilite),
                    ("Assujettie aux impôts commerciaux", oui(o["impots_commerciaux"])),
                )
            ),
            Tableau(
                "Agréments administratifs",
                ("Agrément", "Attribué par", "En date du"),
                tuple((a["type"], a["attribue_par"], jour(a["date"])) for a in o["agrements"]),
                vide="Aucun agrément déclaré.",
                poids=(2, 2, 1),
            ),
        ),
    )


def associations(donnees):
    o = donnees["organisme"]
    adherents = (Recit("Personnes morales adhérentes", o["adherents_personnes_morales"]),)
    return Partie(
        "structure",
        "",
        (
            Renseignements((("Réseau, union ou fédération", o["reseau"] or "Aucun déclaré"),)),
            *(adherents if o["adherents_personnes_morales"] else ()),
        ),
    )


def effectifs(donnees):
    o = donnees["organisme"]
    annee = o["effectifs_annee"]
    return Partie(
        "structure",
        f"Au 31 décembre {annee}" if annee else "",
        (
            Renseignements(
                tuple(
                    (libelle, nombre(o[champ]))
                    for libelle, champ in (
                        ("Bénévoles", "nb_benevoles"),
                        ("Volontaires (service civique…)", "nb_volontaires"),
                        ("Salariés", "nb_salaries"),
                        ("dont emplois aidés", "nb_emplois_aides"),
                        ("Salariés, en temps plein", "etpt_salaries"),
                        ("Mis à disposition par une autorité publique", "nb_mis_a_disposition"),
                        ("Adhérents", "nb_adherents"),
                    )
                )
            ),
        ),
    )


def budget_structure(donnees):
    b = donnees["budget_structure"]
    if b is None:
        return Partie("budget-structure", "", (Recit("", "Aucun budget de la structure n’est joint à ce dossier."),))
    exercice = f" ({periode(b['debut'], b['fin'])})" if b["debut"] and b["fin"] else ""
    cotes = {sens: [li for li in b["lignes"] if li["sens"] == sens] for sens in "CP"}

    def postes(sens, volontaires):
        return tuple(Poste(compte(li), euros(li["montant"])) for li in cotes[sens] if est_volontaire(li) is volontaires)

    return Partie(
        "budget-structure",
        f"Exercice {b['annee']}{exercice}",
        (en_regard("", postes("C", False), postes("P", False), postes("C", True), postes("P", True), b["totaux"]),),
    )
