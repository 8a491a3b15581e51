"""Une campagne vivante pour la démonstration : de vraies opérations, datées dans le passé, sur des gens inventés."""

import io
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from unittest import mock

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from appels.grille import GRILLE_PAR_DEFAUT, PIECES_PAR_DEFAUT
from appels.models import (
    Appel,
    Commune,
    Contrat,
    ConventionApplication,
    CritereEvaluation,
    Enjeu,
    Financeur,
    ObjectifOperationnel,
    ObjectifStrategique,
    PieceDemandee,
    Quartier,
)
from comptes.models import Affectation, Collectivite, Membre, Organisme, Partenaire, Role, Utilisateur
from config.peuplement import siret_synthetique
from dossiers import operations as dossiers
from dossiers.models import Dossier, LigneBudget
from evaluation import operations as evaluation
from evaluation.models import Reunion
from programmation import operations as programmation

MOT_DE_PASSE = "parvis-demo"
REFERENTIEL = Path(__file__).resolve().parent.parent / "appels/donnees/referentiel_bruay.json"

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
IBAN_EXEMPLE = "FR1420041010050500013M02606"
BIC_EXEMPLE = "PSSTFRPPLIL"

# association, action, résumé, objectif (rang), quartiers (rangs), coût, demandes par financeur, devenir
ACTIONS = [
    (
        0,
        "Jardiner ensemble au Coteau",
        "Un jardin partagé, cultivé par les habitants au pied des immeubles.",
        1,
        (2,),
        11000,
        {"État": 2500, "Ville": 3000},
        "programme",
    ),
    (
        1,
        "Médiation santé au pied des immeubles",
        "Deux médiatrices accompagnent les habitants vers les soins.",
        0,
        (0, 1),
        38400,
        {"État": 15000, "Ville": 9000},
        "programme",
    ),
    (
        2,
        "Bouger à tout âge",
        "Des séances d’activité physique douce, en plein air et en salle.",
        3,
        (1,),
        14200,
        {"État": 6000, "Ville": 3000},
        "evalue",
    ),
    (
        4,
        "Passeport mobilité",
        "Des ateliers pour oser le bus, le vélo et le permis.",
        7,
        (0, 1, 2),
        64000,
        {"État": 26000, "Ville": 12000},
        "evalue",
    ),
    (
        3,
        "Cafés des habitants",
        "Un rendez-vous du samedi pour parler du quartier.",
        9,
        (0,),
        9800,
        {"État": 4000, "Ville": 3000},
        "en_evaluation",
    ),
    (
        0,
        "Cuisiner de saison",
        "Des ateliers de cuisine et de nutrition pour les familles.",
        1,
        (0, 2),
        8600,
        {"État": 2000, "Ville": 2500},
        "en_evaluation",
    ),
    (
        2,
        "Échauffement collectif",
        "Des parcours sportifs dessinés avec les jeunes.",
        3,
        (1, 2),
        7400,
        {"Ville": 2800},
        "recevable",
    ),
    (
        1,
        "Écoute jeunes",
        "Une permanence d’écoute contre le harcèlement scolaire.",
        5,
        (0, 1),
        12900,
        {"État": 5000, "Ville": 2000},
        "a_completer",
    ),
    (
        3,
        "Réparer plutôt que jeter",
        "Un atelier de réparation tenu par des bénévoles.",
        10,
        (0,),
        6900,
        {"Ville": 2500},
        "irrecevable",
    ),
]


@contextmanager
def horloge(instant):
    """Fait croire au code qu'il est `instant` : la campagne de démonstration a un passé."""
    with mock.patch("django.utils.timezone.now", return_value=instant):
        yield


@transaction.atomic
def charger(journal=lambda texte: None):
    """Charge la démonstration dans une base vide ; ne fait rien si elle y est déjà."""
    if Utilisateur.objects.filter(email="agent@demo.test").exists():
        return False
    journal("Référentiel de Bruay-la-Buissière…")
    call_command("charger_referentiel", str(REFERENTIEL), stdout=io.StringIO())
    bruay = Collectivite.objects.get(code_insee="62178")
    agglo = bruay.parent
    auchel = _seconde_commune(agglo)
    for collectivite in (bruay, agglo, auchel):
        _service(collectivite)
    journal("Personnes et associations…")
    gens = _personnes(bruay, agglo, auchel)
    associations = _associations(gens)
    journal("Appels à projets et dossiers…")
    _appel_ouvert(bruay, gens, associations)
    _campagne(bruay, gens, associations)
    for collectivite in (agglo, auchel):
        _appel_simple(collectivite)
    return True


def _a(jours, heure=10, minute=0):
    """Un instant, à `jours` d'aujourd'hui, heure de Paris."""
    jour = timezone.localdate() + timedelta(days=jours)
    return timezone.make_aware(datetime.combine(jour, time(heure, minute)))


def _service(collectivite):
    lieu = collectivite.nom.split(",")[0]
    est_commune = collectivite.type == Collectivite.Type.COMMUNE
    for champ, valeur in {
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


def _seconde_commune(agglo):
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


def _personnes(bruay, agglo, auchel):
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


def _associations(gens):
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
            iban=IBAN_EXEMPLE,
            bic=BIC_EXEMPLE,
            titulaire_compte=nom,
        )
        organisme.full_clean()
        organisme.save()
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


def _appel(collectivite, *, annee, code, intitule, ouvre_le, cloture_le, periodes=("", "")):
    convention = ConventionApplication.objects.get(collectivite=collectivite)
    appel = Appel.objects.create(
        collectivite=collectivite,
        convention=convention,
        annee=annee,
        code=code,
        slug=f"{annee}-{code.lower()}",
        intitule=intitule,
        presentation="Vous portez un projet pour les habitants d’un quartier prioritaire ? La collectivité et ses "
        "partenaires peuvent le financer. Le service Politique de la Ville vous aide à préparer votre dossier.",
        ouvre_le=ouvre_le,
        cloture_le=cloture_le,
        periode_reunions=periodes[0],
        periode_decision=periodes[1],
        montant_min=500,
        publie_le=ouvre_le,
    )
    appel.financeurs.set(Financeur.objects.filter(collectivite=collectivite))
    appel.objectifs.set(ObjectifOperationnel.objects.filter(strategique__enjeu__convention=convention))
    CritereEvaluation.objects.bulk_create(
        CritereEvaluation(appel=appel, ordre=rang, **critere) for rang, critere in enumerate(GRILLE_PAR_DEFAUT)
    )
    PieceDemandee.objects.bulk_create(
        PieceDemandee(appel=appel, ordre=rang, **piece) for rang, piece in enumerate(PIECES_PAR_DEFAUT)
    )
    return appel


def _appel_simple(collectivite):
    Financeur.objects.get_or_create(
        collectivite=collectivite, sigle="Collectivité", defaults={"nom": str(collectivite)}
    )
    annee = timezone.localdate().year + 1
    return _appel(
        collectivite,
        annee=annee,
        code=collectivite.sigle[:4].upper(),
        intitule=f"Appel à projets {annee} · {collectivite}",
        ouvre_le=_a(-5),
        cloture_le=_a(40, 23, 59),
        periodes=("au printemps", "en juin"),
    )


def _appel_ouvert(bruay, gens, associations):
    annee = timezone.localdate().year + 1
    appel = _appel(
        bruay,
        annee=annee,
        code="BLB",
        intitule=f"Appel à projets {annee} du contrat de ville",
        ouvre_le=_a(-20, 9),
        cloture_le=_a(23, 23, 59),
        periodes=("en février", "au conseil municipal de mars"),
    )
    _enveloppes(appel, gens["agent"])
    with horloge(_a(-3, 21, 40)):
        brouillon = dossiers.commencer(appel, associations[0], par=gens["porteuse"])
        dossiers.enregistrer(
            brouillon,
            par=gens["porteuse"],
            intitule="Le potager des écoles",
            description="Avec deux écoles du quartier, nous créons un potager et un carnet de recettes.",
        )
    with horloge(_a(-2, 14, 5)):
        depose = _dossier(
            appel,
            associations[1],
            gens["autre"],
            "Le bus des droits",
            "Un bus aménagé va au-devant des habitants pour l’accès aux droits.",
            _objectifs(appel)[0],
            _quartiers(appel)[:2],
            21500,
            {"État": 8000, "Ville": 5000},
        )
        dossiers.deposer(depose, par=gens["autre"], atteste=True, souscrit_cer=True)
    return appel


def _enveloppes(appel, agent, parts=(200_000, 120_000, 60_000, 40_000)):
    programmation.fixer_enveloppes(
        appel,
        {financeur: Decimal(parts[min(rang, len(parts) - 1)]) for rang, financeur in enumerate(appel.financeurs.all())},
        par=agent,
    )


def _objectifs(appel):
    return list(appel.objectifs.order_by("code"))


def _quartiers(appel):
    return list(appel.convention.quartiers.all())


def pdf_de_demonstration(titre):
    """Un petit PDF à joindre, composé sur place."""
    from reportlab.pdfgen.canvas import Canvas

    tampon = io.BytesIO()
    page = Canvas(tampon, invariant=True)
    page.setTitle(titre)
    page.drawString(72, 770, titre)
    page.save()
    return SimpleUploadedFile(f"{titre}.pdf", tampon.getvalue(), content_type="application/pdf")


def _dossier(appel, organisme, par, intitule, description, objectif, quartiers, cout, demandes):
    dossier = dossiers.commencer(appel, organisme, par=par)
    debut = timezone.localdate().replace(year=appel.annee, month=1, day=15)
    dossiers.enregistrer(
        dossier,
        par=par,
        intitule=intitule,
        description=description,
        moyens="Une animatrice à mi-temps, huit bénévoles, une salle prêtée par la ville.",
        partenaires="Le centre social, les écoles, le conseil citoyen.",
        resultats_attendus="Soixante personnes participent régulièrement ; un bilan partagé avec les habitants.",
        public="Habitants du quartier, de tous âges, avec une attention aux familles.",
        nb_beneficiaires=60,
        part_qpv=80,
        debut=debut,
        fin=debut.replace(month=12),
    )
    dossiers.viser(dossier, [(objectif, quartier) for quartier in quartiers], par=par)
    par_sigle = {financeur.sigle: financeur for financeur in appel.financeurs.all()}
    demande = sum(demandes.values())
    achats = cout // 4
    dossiers.chiffrer(
        dossier,
        [
            LigneBudget(sens="C", compte="60", libelle="fournitures", montant=Decimal(achats)),
            LigneBudget(sens="C", compte="62", libelle="intervenants", montant=Decimal(achats)),
            LigneBudget(sens="C", compte="64", libelle="animatrice", montant=Decimal(cout - 2 * achats)),
            LigneBudget(sens="P", compte="756", libelle="cotisations", montant=Decimal(cout - demande) / 2),
            LigneBudget(sens="P", compte="70", libelle="participation", montant=Decimal(cout - demande) / 2),
            LigneBudget(sens="C", compte="864", libelle="180 heures", montant=Decimal(2664)),
            LigneBudget(sens="P", compte="870", libelle="180 heures", montant=Decimal(2664)),
        ],
        {par_sigle[sigle]: Decimal(montant) for sigle, montant in demandes.items()},
        par=par,
    )
    for piece in appel.pieces_demandees.all():
        if piece.est_obligatoire(organisme, False):
            dossiers.joindre(dossier, pdf_de_demonstration(piece.libelle), par=par, demandee=piece)
    return Dossier.objects.get(pk=dossier.pk)


def _campagne(bruay, gens, associations):
    """L'appel clos, en pleine arbitrage : des dossiers à chaque étape."""
    annee = timezone.localdate().year
    appel = _appel(
        bruay,
        annee=annee,
        code="BLB",
        intitule=f"Appel à projets {annee} · seconde session",
        ouvre_le=_a(-120, 9),
        cloture_le=_a(-60, 23, 59),
        periodes=("le mois dernier", "au prochain conseil municipal"),
    )
    agent = gens["agent"]
    _enveloppes(appel, agent, parts=(30_000, 15_000, 10_000, 8_000))
    objectifs, quartiers = _objectifs(appel), _quartiers(appel)
    deposes = []
    for rang, (asso, intitule, description, objectif, lieux, cout, demandes, devenir) in enumerate(ACTIONS):
        organisme = associations[asso]
        par = organisme.membres.get(role=Membre.Role.REPRESENTANT).utilisateur
        with horloge(_a(-70 + rang, 18, 10 + rang)):
            dossier = _dossier(
                appel,
                organisme,
                par,
                intitule,
                description,
                objectifs[objectif],
                [quartiers[lieu] for lieu in lieux],
                cout,
                demandes,
            )
            deposes.append((dossiers.deposer(dossier, par=par, atteste=True, souscrit_cer=True), devenir))
    for dossier, devenir in deposes:
        with horloge(_a(-50, 11)):
            if devenir == "a_completer":
                pass
            elif devenir == "irrecevable":
                dossiers.declarer_irrecevable(
                    dossier,
                    par=agent,
                    motif="Le public de l’action n’habite pas majoritairement un quartier prioritaire.",
                )
            else:
                dossiers.declarer_recevable(dossier, par=agent)
        if devenir == "a_completer":
            with horloge(_a(-2, 9, 30)):
                dossiers.demander_complement(
                    dossier,
                    par=agent,
                    message="Il manque le relevé d’identité bancaire au nom de l’association.",
                    limite_le=timezone.localdate() + timedelta(days=12),
                )
    _reunions(appel, gens, [(d, devenir) for d, devenir in deposes])
    return appel


def _reunions(appel, gens, deposes):
    agent = gens["agent"]
    enjeux = list(appel.convention.enjeux.all())

    def reunion(titre, jours, enjeu):
        quand = _a(jours, 14)
        with horloge(_a(-45)):
            seance = evaluation.creer_reunion(
                appel,
                par=agent,
                titre=titre,
                debut=quand,
                lieu="Salle des mariages, hôtel de ville",
                enjeu=enjeu,
                president="Claude Demonstration, adjoint à la politique de la ville",
                secretaire="Thomas Lecomte",
            )
            for cle, structure, note in (
                ("evaluateur", "Caisse d’allocations familiales", True),
                ("evaluatrice", "Maisons du Bassin", True),
                ("citoyenne", "Conseil citoyen du Centre", False),
            ):
                evaluation.convier(seance, gens[cle], par=agent, structure=structure, evalue=note)
        return seance

    passee = reunion("Santé et accès aux droits", -30, enjeux[0])
    a_venir = reunion("Citoyenneté, emploi et cadre de vie", 9, enjeux[1])
    for dossier, devenir in deposes:
        if devenir in {"programme", "evalue"}:
            with horloge(_a(-44)):
                evaluation.inscrire(passee, dossier, par=agent)
        elif devenir == "en_evaluation":
            with horloge(_a(-20)):
                evaluation.inscrire(a_venir, dossier, par=agent)
    examines = [d for d, devenir in deposes if devenir in {"programme", "evalue"}]
    niveaux = {"evaluateur": (4, 4, 3, 5, 3, 4, 2, 4, 4), "evaluatrice": (5, 4, 4, 3, 4, 3, 3, 3, 4)}
    criteres = list(appel.criteres.all())
    for rang, dossier in enumerate(examines):
        with horloge(_a(-32, 16)):
            for cle, notes in niveaux.items():
                evaluation.enregistrer_evaluation(
                    dossier,
                    par=gens[cle],
                    notes={c: max(0, min(5, n - (rang == 2))) for c, n in zip(criteres, notes, strict=True)},
                    commentaire="Action bien située, à relier aux partenaires du quartier.",
                )
                evaluation.envoyer_evaluation(dossier, par=gens[cle])
    with horloge(_a(-30, 15)):
        for rang, dossier in enumerate(examines):
            demandes = {f.financeur: f.montant_demande for f in dossier.financements.select_related("financeur")}
            reserves = "Ouvrir l’action le samedi." if rang == 2 else ""
            evaluation.rendre_avis(
                dossier,
                par=agent,
                sens="reserves" if reserves else "favorable",
                reserves=reserves,
                observations="Action attendue par les habitants.",
                montants={f: (m * Decimal("0.8")).quantize(Decimal("1")) if rang else m for f, m in demandes.items()},
            )
    with horloge(_a(-30, 17)):
        evaluation.clore_reunion(Reunion.objects.get(pk=passee.pk), par=agent)
    with horloge(_a(-10)):
        for dossier, devenir in deposes:
            if devenir == "programme":
                frais = Dossier.objects.get(pk=dossier.pk)
                dossiers.programmer(frais, par=agent)
                for proposition in frais.avis.montants.select_related("financeur"):
                    programmation.fixer_montant(frais, proposition.financeur, proposition.montant, par=agent)
