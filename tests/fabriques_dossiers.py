"""Fabriques des dossiers : à chaque étape de leur vie, sans rejouer le chemin qui y mène."""

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from dossiers.engagements import Signature
from dossiers.etats import Etat, Issue
from dossiers.models import (
    BudgetStructure,
    Cible,
    DemandeComplement,
    Dossier,
    Financement,
    LigneBudget,
    LigneStructure,
    Piece,
)

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def image(format_="PNG", taille=(8, 6), **options):
    """Une vraie petite image, octets d'un fichier."""
    tampon = io.BytesIO()
    Image.new("RGB", taille, "teal").save(tampon, format_, **options)
    return tampon.getvalue()


PNG, JPEG = image("PNG"), image("JPEG")
ISSUES = {
    Etat.IRRECEVABLE: Issue.IRRECEVABLE,
    Etat.DECIDE: Issue.ACCORDE,
    Etat.NOTIFIE: Issue.ACCORDE,
    Etat.EN_COURS: Issue.ACCORDE,
    Etat.BILAN_RENDU: Issue.ACCORDE,
    Etat.CLOS: Issue.ACCORDE,
}
# Tout ce que coche et écrit la personne qui dépose.
ENGAGEMENTS = {
    "cer_par": "Alice Moreau",
    "cer_qualite": "Présidente",
    "souscrit_cer": "on",
    "a_jour": "on",
    "exactes": "on",
    "charte": "on",
    "compte": "on",
    "aides_plus_500k": "non",
    "qui_signe": "representant",
}
# La même chose, pour le verbe.
SIGNE = {"atteste": True, "souscrit_cer": True, "signature": Signature(aides_plus_500k=False)}
AVANT_RECEVABILITE = {Etat.BROUILLON, Etat.DEPOSE, Etat.A_COMPLETER, Etat.IRRECEVABLE, Etat.RETIRE}
NOTIFIES = {Etat.NOTIFIE, Etat.EN_COURS, Etat.BILAN_RENDU, Etat.CLOS}


def fichier(nom="statuts.pdf", contenu=PDF, type_mime="application/pdf"):
    """Un fichier tel qu'un navigateur l'envoie."""
    return SimpleUploadedFile(nom, contenu, content_type=type_mime)


def archive(entrees):
    """Une archive ZIP en mémoire : {nom: contenu}."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as zip_:
        for nom, contenu in entrees.items():
            zip_.writestr(nom, contenu)
    return tampon.getvalue()


def docx():
    return archive({"[Content_Types].xml": "<Types/>", "_rels/.rels": "<r/>", "word/document.xml": "<document/>"})


class DossierFactory(factory.django.DjangoModelFactory):
    """Un brouillon vide ; `etat=…` le place à une étape avec les dates et l'issue cohérentes.

    Traits : `complet` (prêt à déposer) et un par état (`depose=True`, `recevable=True`…).
    """

    class Meta:
        model = Dossier
        skip_postgeneration_save = True

    appel = factory.SubFactory("tests.fabriques.AppelFactory")
    organisme = factory.SubFactory("tests.fabriques.OrganismeFactory")
    numero = factory.Sequence(lambda n: f"2027-TST-{n:04d}")
    issue = factory.LazyAttribute(lambda o: ISSUES.get(o.etat, Issue.AUCUNE))
    depose_le = factory.LazyAttribute(
        lambda o: None if o.etat == Etat.BROUILLON else timezone.now() - timedelta(days=10)
    )
    recevable_le = factory.LazyAttribute(
        lambda o: (
            None if o.etat in AVANT_RECEVABILITE or o.issue == Issue.IRRECEVABLE else timezone.now() - timedelta(days=8)
        )
    )
    decide_le = factory.LazyAttribute(
        lambda o: timezone.now() - timedelta(days=3) if o.issue in {Issue.ACCORDE, Issue.REFUSE} else None
    )
    notifie_le = factory.LazyAttribute(lambda o: timezone.now() - timedelta(days=1) if o.etat in NOTIFIES else None)
    motif_irrecevabilite = factory.LazyAttribute(
        lambda o: "Le public n’habite pas un quartier prioritaire." if o.issue == Issue.IRRECEVABLE else ""
    )
    etat = Etat.BROUILLON

    class Params:
        complet = factory.Trait(
            intitule="Jardiner ensemble",
            description="Un jardin partagé au pied des immeubles.",
            moyens="Une animatrice, un local et des outils.",
            partenaires="La maison de quartier.",
            resultats_attendus="Vingt familles jardinent chaque semaine.",
            public="Familles du quartier",
            nb_beneficiaires=40,
            part_qpv=80,
            debut=factory.LazyAttribute(lambda o: date(o.appel.annee, 2, 1)),
            fin=factory.LazyAttribute(lambda o: date(o.appel.annee, 11, 30)),
            remplir=factory.PostGeneration(lambda dossier, cree, valeur: remplir(dossier) if cree else None),
        )
        depose = factory.Trait(etat=Etat.DEPOSE)
        a_completer = factory.Trait(etat=Etat.A_COMPLETER)
        irrecevable = factory.Trait(etat=Etat.IRRECEVABLE)
        recevable = factory.Trait(etat=Etat.RECEVABLE)
        en_evaluation = factory.Trait(etat=Etat.EN_EVALUATION)
        evalue = factory.Trait(etat=Etat.EVALUE)
        programme = factory.Trait(etat=Etat.PROGRAMME)
        decide = factory.Trait(etat=Etat.DECIDE)
        notifie = factory.Trait(etat=Etat.NOTIFIE)
        en_cours = factory.Trait(etat=Etat.EN_COURS)
        bilan_rendu = factory.Trait(etat=Etat.BILAN_RENDU)
        clos = factory.Trait(etat=Etat.CLOS)
        retire = factory.Trait(etat=Etat.RETIRE)


def remplir(dossier, demande=Decimal("3000")):
    """Cibles, budget équilibré à 5 000 €, demandes et pièces obligatoires : il ne manque rien."""
    appel = dossier.appel
    objectif = appel.objectifs.first()
    quartier = objectif.quartiers.first() if objectif else None
    if quartier:
        Cible.objects.get_or_create(dossier=dossier, objectif=objectif, quartier=quartier)
    for sens, compte, montant in (("C", "60", "2000"), ("C", "64", "3000"), ("P", "756", str(5000 - demande))):
        LigneBudget.objects.create(dossier=dossier, sens=sens, compte=compte, montant=Decimal(montant))
    if financeur := appel.financeurs.first():
        Financement.objects.create(dossier=dossier, financeur=financeur, montant_demande=demande)
    if "budget_structure" in appel.sections:
        remplir_structure(dossier)
    for demandee in appel.pieces_demandees.all():
        PieceFactory(dossier=dossier, demandee=demandee)


def remplir_structure(dossier, total=Decimal("60000")):
    """Le budget annuel de l'organisme, équilibré, pour l'exercice de l'appel."""
    exercice, _ = BudgetStructure.objects.get_or_create(organisme=dossier.organisme, annee=dossier.appel.annee)
    for sens, compte in (("C", "64"), ("P", "74")):
        LigneStructure.objects.get_or_create(budget=exercice, sens=sens, compte=compte, defaults={"montant": total})
    return exercice


class PieceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Piece

    dossier = factory.SubFactory(DossierFactory)
    nom = factory.Sequence(lambda n: f"piece-{n}.pdf")
    fichier = factory.LazyAttribute(lambda o: ContentFile(PDF, name=o.nom))
    type_mime = "application/pdf"
    taille = len(PDF)
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class DemandeComplementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DemandeComplement

    dossier = factory.SubFactory(DossierFactory, a_completer=True)
    message = "Il manque le relevé d’identité bancaire."
    limite_le = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=15))
