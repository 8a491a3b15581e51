"""Les personnes, les associations et les collectivités de la démonstration : toutes inventées."""

from decimal import Decimal

from allauth.account.models import EmailAddress
from django.utils import timezone

from appels.models import (
    Commune,
    Contrat,
    ConventionApplication,
    Enjeu,
    Financeur,
    ObjectifOperationnel,
    ObjectifStrategique,
    Quartier,
)
from comptes.models import Affectation, Agrement, Collectivite, Membre, Organisme, Partenaire, Role, Utilisateur
from config.peuplement import siret_synthetique

MOT_DE_PASSE = "parvis-demo"


PERSONNES = {
    "porteuse": ("Amina", "Belkacem"),
    "collegue": ("Julien", "Carpentier"),
    "autre": ("Sophie", "Delattre"),
    "evaluateur": ("Marc", "Lefebvre"),
    "evaluatrice": ("Nadia", "Wojcik"),
    "citoyenne": ("Christiane", "Dubois"),
    "financeur": ("Hélène", "Vasseur"),
    "agent": ("Thomas", "Lecomte"),
    "admin": ("Isabelle", "Flament"),
    "agent-agglo": ("Pauline", "Mercier"),
    "agent-auchel": ("Karim", "Haddad"),
}

ASSOCIATIONS = [
    # nom, rue, représentante, fonction, IBAN de démonstration (exemple public de la norme)
    ("Les Ateliers du Coron", "14 rue des Acacias", ("Madame", "Amina", "Belkacem"), "Présidente"),
    ("Santé Partout", "3 place du Marché", ("Madame", "Sophie", "Delattre"), "Directrice"),
    ("Terrasses en forme", "27 rue du Stade", ("Monsieur", "Éric", "Lambert"), "Président"),
    ("La Ruche du Centre", "8 rue de la Gare", ("Madame", "Odile", "Prévost"), "Trésorière"),
    ("Mobilité pour tous", "41 rue de la Lawe", ("Monsieur", "Samir", "Aziz"), "Directeur"),
]
# Le reste de la fiche permanente, au 31 décembre de l'an passé.
FICHE = {
    "charge_prenom": "Inès",
    "charge_nom": "Marchand",
    "charge_fonction": "Coordinatrice",
    "charge_telephone": "0600000009",
    "charge_courriel": "coordination@asso.test",
    "reseau": "Fédération des centres sociaux de démonstration",
    "nb_benevoles": 34,
    "nb_volontaires": 1,
    "nb_salaries": 4,
    "nb_emplois_aides": 1,
    "etpt_salaries": Decimal("2.60"),
    "nb_mis_a_disposition": 0,
    "nb_adherents": 180,
}
IBAN_EXEMPLE = "FR1420041010050500013M02606"
BIC_EXEMPLE = "PSSTFRPPLIL"


def regler_service(collectivite):
    lieu = collectivite.nom.split(",")[0]
    est_commune = collectivite.type == Collectivite.Type.COMMUNE
    for champ, valeur in {
        # Un numéro de démonstration : celui du siège n'est pas dans la convention.
        "siret": siret_synthetique(8_000_000 + collectivite.pk),
        "adresse": "Hôtel de ville, place de la Démonstration" if est_commune else "1 avenue de la Démonstration",
        "code_postal": collectivite.code_postal or "62700",
        "ville": collectivite.ville or lieu,
        "service_telephone": "03 00 00 00 00",
        "service_courriel": f"politique-ville-{collectivite.pk}@demo.test",
        "signataire_prenom": "Claude",
        "signataire_nom": "Demonstration",
        "signataire_qualite": "Maire" if est_commune else "Président de la communauté d’agglomération",
        "organe_deliberant": "le conseil municipal" if est_commune else "le conseil communautaire",
        "dpo_contact": "dpo@demo.test",
    }.items():
        setattr(collectivite, champ, valeur)
    collectivite.save()


def seconde_commune(agglo):
    """Une deuxième commune, avec une convention à elle : ses agents ne voient rien de la première."""
    auchel = Collectivite.objects.create(
        type=Collectivite.Type.COMMUNE,
        parent=agglo,
        nom="Auchel",
        sigle="AUC",
        code_insee="62048",
        code_postal="62260",
        ville="Auchel",
    )
    contrat = Contrat.objects.get(collectivite=agglo)
    _convention(auchel, contrat, "Auchel Centre Ville", "QN06204M", ("62048", "Auchel", "62260"))
    _convention(agglo, contrat, "Terre-Noeve", "QN06218M", ("62617", "Nœux-les-Mines", "62290"))
    return auchel


def _convention(collectivite, contrat, quartier_nom, code_qpv, commune):
    convention = ConventionApplication.objects.create(
        contrat=contrat,
        collectivite=collectivite,
        intitule=f"Convention d’application de démonstration · {collectivite}",
    )
    insee, nom, code_postal = commune
    quartier = Quartier.objects.create(convention=convention, code_qpv=code_qpv, nom=quartier_nom)
    quartier.communes.add(
        Commune.objects.get_or_create(code_insee=insee, defaults={"nom": nom, "code_postal": code_postal})[0]
    )
    enjeu = Enjeu.objects.create(convention=convention, numero=1, code="E1", titre="Mieux vivre dans son quartier")
    strategique = ObjectifStrategique.objects.create(enjeu=enjeu, code="E1.1", titre="Renforcer le lien social")
    objectif = ObjectifOperationnel.objects.create(
        strategique=strategique, code="E1.1.a", texte="Soutenir les initiatives des habitants"
    )
    objectif.quartiers.add(quartier)
    return convention


def personnes(bruay, agglo, auchel):
    gens = {}
    for cle, (prenom, nom) in PERSONNES.items():
        adresse = f"{cle}@demo.test"
        gens[cle] = Utilisateur.objects.create_user(adresse, MOT_DE_PASSE, prenom=prenom, nom=nom)
        EmailAddress.objects.create(user=gens[cle], email=adresse, verified=True, primary=True)

    def partenaire(nom, type_):
        return Partenaire.objects.get_or_create(collectivite=bruay, nom=nom, defaults={"type": type_})[0]

    etat = Financeur.objects.get(collectivite=bruay, sigle="État").partenaire
    for cle, collectivite, role, structure in (
        ("agent", bruay, Role.AGENT, None),
        ("agent-agglo", agglo, Role.AGENT, None),
        ("agent-auchel", auchel, Role.AGENT, None),
        ("admin", bruay, Role.ADMIN, None),
        ("admin", agglo, Role.ADMIN, None),
        ("admin", auchel, Role.ADMIN, None),
        ("evaluateur", bruay, Role.EVALUATEUR, partenaire("Caisse d’allocations familiales", Partenaire.Type.CAF)),
        ("evaluatrice", bruay, Role.EVALUATEUR, partenaire("Maisons du Bassin", Partenaire.Type.BAILLEUR)),
        ("citoyenne", bruay, Role.CITOYEN, partenaire("Conseil citoyen du Centre", Partenaire.Type.CONSEIL_CITOYEN)),
        ("financeur", bruay, Role.FINANCEUR, etat),
    ):
        Affectation.objects.create(utilisateur=gens[cle], collectivite=collectivite, role=role, partenaire=structure)
    return gens


def associations_de(gens):
    organismes = []
    for rang, (nom, rue, (civilite, prenom, nom_rep), fonction) in enumerate(ASSOCIATIONS):
        organisme = Organisme(
            nom=nom,
            siret=siret_synthetique(9_000_000 + rang),
            rna=f"W62300{rang:04d}",
            adresse=rue,
            code_postal="62700",
            ville="Bruay-la-Buissière",
            telephone="0300000000",
            courriel=f"contact-{rang}@asso.test",
            representant_civilite=civilite,
            representant_prenom=prenom,
            representant_nom=nom_rep,
            representant_fonction=fonction,
            representant_telephone=f"060000000{rang}",
            representant_courriel=f"representation-{rang}@asso.test",
            **FICHE,
            iban=IBAN_EXEMPLE,
            bic=BIC_EXEMPLE,
            titulaire_compte=nom,
        )
        if nom == "La Ruche du Centre":
            # Le même nom qu'une évaluatrice : un lien possible à lui demander, qui n'en est pas forcément un.
            organisme.charge_prenom, organisme.charge_nom = PERSONNES["evaluatrice"]
        organisme.effectifs_annee = timezone.localdate().year - 1
        organisme.full_clean()
        organisme.save()
        Agrement.objects.create(
            organisme=organisme, type="Jeunesse et éducation populaire", attribue_par="Préfecture du Pas-de-Calais"
        )
        organismes.append(organisme)
    for cle, rang, role in (
        ("porteuse", 0, Membre.Role.REPRESENTANT),
        ("collegue", 0, Membre.Role.REDACTEUR),
        ("autre", 1, Membre.Role.REPRESENTANT),
    ):
        Membre.objects.create(utilisateur=gens[cle], organisme=organismes[rang], role=role)
    for rang in (2, 3, 4):
        prenom, nom_rep = ASSOCIATIONS[rang][2][1:]
        personne = Utilisateur.objects.create_user(f"asso-{rang}@demo.test", MOT_DE_PASSE, prenom=prenom, nom=nom_rep)
        EmailAddress.objects.create(user=personne, email=personne.email, verified=True, primary=True)
        Membre.objects.create(utilisateur=personne, organisme=organismes[rang], role=Membre.Role.REPRESENTANT)
    return organismes
