"""La rubrique 6 : le projet, ses moyens et son budget."""

from decimal import Decimal

from documents.dossier_complet import Partie, Phrase, Poste, Renseignements, Tableau
from dossiers.models import LigneBudget, MoyenHumain
from dossiers.rubriques.ecriture import compte, en_regard, euros, nombre, oui, periode, recits, renseignes

FERMETES = dict(LigneBudget.Firmete.choices)
MOYENS = dict(MoyenHumain.Nature.choices)
AGES = (
    ("age_0_5", "moins de 6 ans"), ("age_6_15", "6 à 15 ans"), ("age_16_25", "16 à 25 ans"),
    ("age_26_49", "26 à 49 ans"), ("age_50_64", "50 à 64 ans"), ("age_65", "65 ans et plus"),
)  # fmt: skip


def action(donnees):
    d = donnees["dossier"]
    return Partie(
        "action",
        "L’action",
        (
            Renseignements((("Intitulé", d["intitule"]), ("Période de réalisation", periode(d["debut"], d["fin"])))),
            *recits(
                donnees,
                ("objectifs_action", "Objectifs de l’action", None),
                ("description", "Description", None),
                ("lieux", "Lieux", None),
                ("participation", "Participation des habitants", "participation"),
            ),
        ),
    )


def objectifs(donnees):
    groupes = {}
    for cible in donnees["cibles"]:
        quartier = f"{cible['quartier']} ({cible['code_qpv']})" if cible["code_qpv"] else cible["quartier"]
        groupes.setdefault((cible["enjeu"], cible["objectif"]), []).append(quartier)
    return Partie(
        "objectifs",
        "Objectifs et quartiers du contrat de ville",
        (
            Tableau(
                "",
                ("Objectif opérationnel", "Enjeu", "Quartiers"),
                tuple((objectif, enjeu, ", ".join(noms)) for (enjeu, objectif), noms in groupes.items()),
                vide="Aucun objectif choisi pour l’instant.",
                poids=(2.4, 1.6, 1.6),
            ),
        ),
    )


def public(donnees):
    d = donnees["dossier"]
    ages = ", ".join(f"{libelle} : {d[champ]}" for champ, libelle in AGES if d[champ] is not None)
    genre = ", ".join(
        f"{d[champ]} {mot}" for champ, mot in (("nb_femmes", "femmes"), ("nb_hommes", "hommes")) if d[champ] is not None
    )
    part = f"{d['part_qpv']}\u00a0%" if d["part_qpv"] is not None else ""
    return Partie(
        "public",
        "Le public",
        (
            *recits(donnees, ("public", "Bénéficiaires", None)),
            Renseignements(
                (
                    ("Nombre de personnes", nombre(d["nb_beneficiaires"])),
                    ("dont en quartier prioritaire", part),
                    *renseignes(
                        ("Femmes et hommes", genre),
                        ("Âges", ages),
                        ("Participation financière demandée", d["participation_financiere"]),
                    ),
                )
            ),
        ),
    )


def moyens(donnees):
    d, sections = donnees["dossier"], donnees["appel"]["sections"]
    lignes = tuple((MOYENS[m["nature"]], nombre(m["nombre"]), nombre(m["etpt"])) for m in donnees["moyens_humains"])
    tableau = Tableau(
        "Moyens humains",
        ("", "Personnes", "En temps plein"),
        lignes,
        a_droite=(1, 2),
        vide="Aucun renseigné.",
        poids=(3, 1, 1),
    )
    recrutement = oui(d["recrutement"])
    if d["recrutement"] and d["recrutement_etpt"]:
        recrutement += f", {nombre(d['recrutement_etpt'])} équivalent temps plein"
    return Partie(
        "moyens",
        "Moyens et partenaires",
        (
            *recits(donnees, ("moyens", "Moyens matériels et humains", None)),
            *((tableau,) if lignes or "moyens" in sections else ()),
            *((Renseignements((("Recrutement envisagé", recrutement),)),) if recrutement else ()),
            *recits(
                donnees,
                ("partenaires", "Partenaires", None),
                ("droit_commun", "Droit commun mobilisé", "droit_commun"),
            ),
        ),
    )


def resultats(donnees):
    lignes = tuple(
        (i["libelle"], " ".join(filter(None, (nombre(i["cible"]), i["unite"]))), i["mesure"])
        for i in donnees["indicateurs"]
    )
    tableau = Tableau(
        "Indicateurs au regard des objectifs",
        ("Indicateur", "Cible", "Comment il sera mesuré"),
        lignes,
        vide="Aucun renseigné.",
        poids=(2, 1, 2),
    )
    return Partie(
        "resultats",
        "Résultats et évaluation",
        (
            *recits(donnees, ("resultats_attendus", "Résultats attendus", None)),
            *((tableau,) if lignes or "indicateurs" in donnees["appel"]["sections"] else ()),
            *recits(donnees, ("information_complementaire", "Information complémentaire", "jamais")),
        ),
    )


def budget(donnees):
    b, d = donnees["budget"], donnees["dossier"]
    totaux = b["totaux"]

    def postes(sens, volontaires):
        for ligne in b["lignes"]:
            if ligne["sens"] == sens and ligne["volontaire"] is volontaires:
                yield Poste(_poste(ligne), euros(ligne["montant"]))

    demandes = [
        Poste(f"74 {f['financeur']} (demandé, objet du dossier)", euros(f["montant"])) for f in b["financements"]
    ]
    produits = [*postes("P", False)]
    # Les demandes prennent la place du compte 74, après les comptes qui le précèdent.
    avant = sum(poste.libelle[:2] in {"70", "73"} for poste in produits)
    produits[avant:avant] = demandes
    blocs = [
        en_regard(
            f"Budget prévisionnel {donnees['appel']['annee']}",
            tuple(postes("C", False)),
            tuple(produits),
            tuple(postes("C", True)),
            tuple(postes("P", True)),
            totaux,
        )
    ]
    if Decimal(totaux["demande"]):
        blocs.append(
            Phrase(
                f"La subvention sollicitée de {euros(totaux['demande'])}, objet de la présente demande, représente "
                f"{nombre(totaux['taux_demande'])}\u00a0% du total des produits du projet."
            )
        )
    if d["montant_minimum"] is not None:
        blocs.append(Renseignements((("Montant minimal pour que l’action ait lieu", euros(d["montant_minimum"])),)))
    if donnees["heures_benevoles"]:
        blocs.append(
            Tableau(
                "Valorisation du bénévolat",
                ("Tâche", "Heures", "Valeur d’une heure", "Valeur"),
                tuple(
                    (
                        h["tache"],
                        nombre(h["heures"]),
                        euros(h["taux"]),
                        euros(Decimal(h["heures"]) * Decimal(h["taux"])),
                    )
                    for h in donnees["heures_benevoles"]
                ),
                a_droite=(1, 2, 3),
            )
        )
    if donnees["demandes_annuelles"]:
        blocs.append(
            Tableau(
                "Demande pour les années suivantes",
                ("Année", "Montant demandé"),
                tuple((str(a["annee"]), euros(a["montant"])) for a in donnees["demandes_annuelles"]),
                a_droite=(1,),
            )
        )
    return Partie("budget", "Budget du projet", tuple(blocs))


def _poste(ligne):
    texte = compte(ligne)
    if ligne["libelle"]:
        texte += f" · {ligne['libelle']}"
    return f"{texte} ({FERMETES[ligne['firmete']].lower()})" if ligne["firmete"] else texte
