"""L’appel ouvert au dépôt : un brouillon à finir, un dossier tout juste déposé."""

from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from comptes.models import Membre
from config.demonstration.appels import appel_de, enveloppes, objectifs_de, quartiers_de
from config.demonstration.ecrire import deposer, reponses_favorables, un_dossier
from config.demonstration.temps import a, horloge
from dossiers import operations as dossiers
from dossiers.etats import Formulaire
from dossiers.models import Commentaire, DemandeAnnuelle, Dossier, LigneBudget
from dossiers.operations import relecture


def appel_ouvert(bruay, gens, associations):
    annee = timezone.localdate().year + 1
    appel = appel_de(
        bruay,
        annee=annee,
        code="BLB",
        intitule=f"Appel à projets {annee} du contrat de ville",
        ouvre_le=a(-20, 9),
        cloture_le=a(23, 23, 59),
        periodes=("en février", "au conseil municipal de mars"),
    )
    enveloppes(appel, gens["agent"])
    with horloge(a(-3, 21, 40)):
        brouillon = dossiers.commencer(appel, associations[0], par=gens["porteuse"])
        dossiers.garder_reponses(brouillon, reponses_favorables(appel), par=gens["porteuse"])
        dossiers.enregistrer(
            brouillon,
            par=gens["porteuse"],
            intitule="Le potager des écoles",
            description="Avec deux écoles du quartier, nous créons un potager et un carnet de recettes.",
            public="Les élèves de deux écoles et leurs parents.",
            nb_beneficiaires=90,
        )
        dossiers.viser(brouillon, [(objectifs_de(appel)[1], quartiers_de(appel)[2])], par=gens["porteuse"])
        # Un budget à qui il manque un peu de produits : les réparations se proposent.
        dossiers.chiffrer(
            brouillon,
            [
                LigneBudget(sens="C", compte="60", libelle="bacs, terre et graines", montant=Decimal(1800)),
                LigneBudget(sens="C", compte="62", libelle="intervenante nutrition", montant=Decimal(1400)),
                LigneBudget(sens="C", compte="64", libelle="animatrice, un mercredi sur deux", montant=Decimal(3000)),
                LigneBudget(sens="P", compte="756", libelle="cotisations", montant=Decimal(500)),
            ],
            {appel.financeurs.get(sigle="Ville"): Decimal(2500), appel.financeurs.get(sigle="État"): Decimal(2000)},
            par=gens["porteuse"],
        )
        dossiers.ecrire_message(
            brouillon,
            par=gens["porteuse"],
            texte="Bonjour, pouvons-nous compter les heures des enseignants comme du bénévolat ?",
            jeton=uuid4(),
        )
    _faire_relire(brouillon, gens)
    with horloge(a(-1, 20, 30)):
        sport = associations[2]
        par = sport.membres.get(role=Membre.Role.REPRESENTANT).utilisateur
        court = dossiers.commencer(appel, sport, par=par)
        dossiers.garder_reponses(court, reponses_favorables(appel), par=par)
        dossiers.choisir_formulaire(court, Formulaire.SIMPLIFIE, par=par)
        dossiers.enregistrer(court, par=par, intitule="Le tournoi des familles")
    with horloge(a(-2, 14, 5)):
        depose = un_dossier(
            appel,
            associations[1],
            gens["autre"],
            "Le bus des droits",
            "Un bus aménagé va au-devant des habitants pour l’accès aux droits.",
            objectifs_de(appel)[0],
            quartiers_de(appel)[:2],
            21500,
            {"État": 8000, "Ville": 5000},
        )
        # Une convention pluriannuelle : trois ans, une demande par année.
        dossiers.enregistrer(depose, par=gens["autre"], nb_annees=3)
        DemandeAnnuelle.objects.bulk_create(
            DemandeAnnuelle(dossier=depose, annee=suivante, montant=Decimal(montant))
            for suivante, montant in ((annee + 1, 12_500), (annee + 2, 12_000))
        )
        depose = Dossier.objects.get(pk=depose.pk)
        deposer(depose, par=gens["autre"])
    _pre_projets(appel, gens, associations)
    return appel


def _faire_relire(brouillon, gens):
    """Deux personnes relisent le brouillon sans compte : l'une a fait trois remarques, l'autre n'a pas encore lu."""
    with horloge(a(-2, 18, 20)):
        lien, _ = relecture.ouvrir_relecture(brouillon, par=gens["porteuse"], pour="Jeanne, trésorière", jours=14)
    with horloge(a(-1, 19, 5)):
        remarques = [
            relecture.commenter(lien, section=section, texte=texte)
            for section, texte in (
                ("action", "Dites le nom des deux écoles : le service les connaît."),
                ("public", "90 enfants, ou 90 personnes avec les parents ?"),
                ("budget", "Il manque le don de terreau de la jardinerie, je vous envoie l’attestation."),
            )
        ]
    # La date d'une remarque est prise par défaut, hors de portée de l’horloge.
    Commentaire.objects.filter(lien=lien).update(cree_le=a(-1, 19, 5))
    with horloge(a(-1, 21, 30)):
        relecture.traiter(remarques[0], par=gens["porteuse"])
        relecture.ouvrir_relecture(brouillon, par=gens["porteuse"], pour="Marc, directeur de l’école", jours=7)


def _pre_projets(appel, gens, associations):
    """Quatre idées : une qui attend depuis trop longtemps, une récente, une à revoir, une bonne à écrire."""
    objectifs, quartiers = objectifs_de(appel), quartiers_de(appel)

    def idee(organisme, envoyee, rang, quartier, **textes):
        par = organisme.membres.get(role=Membre.Role.REPRESENTANT).utilisateur
        with horloge(envoyee):
            pre_projet = dossiers.commencer_pre_projet(
                appel, organisme, par=par, objectif=objectifs[rang], quartiers=[quartiers[quartier]], **textes
            )
            dossiers.envoyer_pre_projet(pre_projet, par=par)
        return pre_projet

    idee(
        associations[1],
        a(-4, 20, 10),
        3,
        1,
        intitule="Marcher pour sa santé",
        idee="Deux marches accompagnées par semaine, au départ du centre social, avec une pause conseil.",
        public="Adultes éloignés du sport, envoyés par les médecins du quartier.",
        montant=Decimal(4500),
    )
    idee(
        associations[3],
        a(-14, 18, 45),
        9,
        0,
        intitule="Le journal de la rue",
        idee="Un journal de quatre pages écrit par les habitants du Centre, distribué chaque trimestre.",
        public="Une quinzaine d’habitants qui écrivent, et leurs voisins qui les lisent.",
        montant=Decimal(3200),
    )
    a_revoir = idee(
        associations[0],
        a(-9, 19),
        1,
        2,
        intitule="Un four à pain pour le quartier",
        idee="Construire un four à pain collectif sur la place, et y cuire ensemble une fois par mois.",
        public="Les habitants du Coteau.",
        montant=Decimal(15000),
    )
    bonne = idee(
        associations[0],
        a(-12, 21, 15),
        5,
        0,
        intitule="Le théâtre des collégiens",
        idee="Un atelier de théâtre pour parler du harcèlement, joué devant les parents en juin.",
        public="Vingt collégiens du Centre et leurs parents.",
        montant=Decimal(5200),
    )
    for pre_projet, quand, reponse, explication in (
        (
            a_revoir,
            a(-6, 11),
            "changer",
            "L’idée plaît. La construction est un investissement, que l’appel ne finance pas : proposez "
            "les ateliers, et demandez le four au budget participatif.",
        ),
        (
            bonne,
            a(-7, 9, 40),
            "continuer",
            "Le collège cherche justement un partenaire. Prenez contact avec la conseillère d’éducation, et dites "
            "dans le dossier comment les parents sont associés.",
        ),
    ):
        with horloge(quand):
            dossiers.repondre_au_pre_projet(pre_projet, par=gens["agent"], reponse=reponse, explication=explication)
