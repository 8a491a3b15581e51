"""Écrire un dossier de démonstration, par les mêmes verbes que le formulaire."""

import io
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from appels.models import RegleEligibilite
from dossiers import operations as dossiers
from dossiers.engagements import Signature
from dossiers.models import Dossier, IndicateurAction, LigneBudget, MoyenHumain


def reponses_favorables(appel):
    """Ce qu'on répond aux questions par oui ou non, avant d'écrire."""
    return {str(regle.pk): "oui" for regle in appel.regles.all() if regle.type == RegleEligibilite.Type.OUI_NON}


INDICATEURS = [
    ("Habitants qui viennent au moins trois fois", "personnes", 40, "Feuille de présence"),
    ("Rencontres tenues", "rencontres", 24, "Agenda partagé"),
]
MOYENS = [("benevoles", 8, Decimal("0.40")), ("salaries", 1, Decimal("0.50")), ("cdi", 1, Decimal("0.50"))]


def pdf_de_demonstration(titre):
    """Un petit PDF à joindre, composé sur place."""
    from reportlab.pdfgen.canvas import Canvas

    tampon = io.BytesIO()
    page = Canvas(tampon, invariant=True)
    page.setTitle(titre)
    page.drawString(72, 770, titre)
    page.save()
    return SimpleUploadedFile(f"{titre}.pdf", tampon.getvalue(), content_type="application/pdf")


def deposer(dossier, *, par):
    """Dépose avec toutes les signatures demandées."""
    return dossiers.deposer(
        dossier, par=par, atteste=True, souscrit_cer=True, signature=Signature(aides_plus_500k=False)
    )


def un_dossier(appel, organisme, par, intitule, description, objectif, quartiers, cout, demandes):
    dossier = dossiers.commencer(appel, organisme, par=par)
    dossiers.garder_reponses(dossier, reponses_favorables(appel), par=par)
    debut = timezone.localdate().replace(year=appel.annee, month=1, day=15)
    dossiers.enregistrer(
        dossier,
        par=par,
        intitule=intitule,
        objectifs_action="Donner aux habitants une raison de se retrouver, et un appui pour la suite.",
        description=description,
        lieux="Au pied des immeubles et dans la salle du centre social.",
        participation="Un comité d’habitants prépare chaque rencontre et fait le bilan avec nous.",
        droit_commun="L’action complète le travail du centre social et de l’école ; elle ne le remplace pas.",
        participation_financiere="Gratuit pour les habitants du quartier.",
        moyens="Une animatrice à mi-temps, huit bénévoles, une salle prêtée par la ville.",
        partenaires="Le centre social, les écoles, le conseil citoyen.",
        resultats_attendus="Soixante personnes participent régulièrement ; un bilan partagé avec les habitants.",
        public="Habitants du quartier, de tous âges, avec une attention aux familles.",
        nb_beneficiaires=60,
        nb_femmes=36,
        nb_hommes=24,
        age_6_15=18,
        age_16_25=9,
        age_26_49=21,
        age_50_64=8,
        age_65=4,
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
    IndicateurAction.objects.bulk_create(
        IndicateurAction(dossier=dossier, rang=rang, libelle=libelle, unite=unite, cible=cible, mesure=mesure)
        for rang, (libelle, unite, cible, mesure) in enumerate(INDICATEURS)
    )
    MoyenHumain.objects.bulk_create(
        MoyenHumain(dossier=dossier, nature=nature, nombre=nombre, etpt=etpt) for nature, nombre, etpt in MOYENS
    )
    for piece in appel.pieces_demandees.all():
        if piece.est_obligatoire(organisme, False, demande):
            dossiers.joindre(dossier, pdf_de_demonstration(piece.libelle), par=par, demandee=piece)
    return Dossier.objects.get(pk=dossier.pk)
