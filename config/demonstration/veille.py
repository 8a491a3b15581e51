"""La veille de quartier : trois signalements du conseil citoyen, un répondu, un transmis, un tout juste reçu."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from config.demonstration.appels import objectifs_de, quartiers_de
from config.demonstration.temps import a, horloge
from dossiers import operations as dossiers


def veille(appel, gens):
    citoyenne, agent = gens["citoyenne"], gens["agent"]
    centre, terrasses, coteau = quartiers_de(appel)[:3]
    with horloge(a(-26, 18, 20)):
        rendez_vous = dossiers.signaler(
            centre,
            par=citoyenne,
            lieu="Rez-de-chaussée de la maison de quartier",
            sujet="lien_social",
            texte="Depuis la fermeture du café, il n’y a plus d’endroit où se retrouver le samedi. Les personnes âgées "
            "du centre le disent à chaque réunion : elles ne voient plus personne de la fin de semaine.",
        )
    with horloge(a(-21, 10)):
        dossiers.retenir(rendez_vous, par=agent)
        dossiers.rattacher(rendez_vous, par=agent, objectif=objectifs_de(appel)[9])
        dossiers.repondre_au_signalement(
            rendez_vous,
            par=agent,
            reponse="Merci. Deux associations proposent cette année un rendez-vous du samedi dans le quartier. La "
            "réunion thématique examine leurs dossiers le mois prochain, avec votre signalement sous les yeux.",
        )
    with horloge(a(-12, 17, 45)):
        allee = dossiers.signaler(
            coteau,
            par=citoyenne,
            lieu="Allée entre l’école et le stade",
            sujet="cadre_de_vie",
            texte="Deux lampadaires sur trois sont éteints depuis la rentrée. Les enfants rentrent du sport dans le "
            "noir et des parents ne les laissent plus y aller.",
            photo=dossiers.preparer_photo(_allee_le_soir()),
        )
    with horloge(a(-9, 9, 15)):
        dossiers.retenir(allee, par=agent)
        dossiers.transmettre_le_signalement(
            allee,
            par=agent,
            transmis_a="service Éclairage public",
            reponse="Une équipe passe voir les trois lampadaires avant la fin du mois.",
        )
    with horloge(a(-1, 19, 5)):
        dossiers.signaler(
            terrasses,
            par=citoyenne,
            lieu="Arrêt de bus de la rue du Stade",
            sujet="mobilite",
            texte="Le dernier bus passe maintenant à 19 heures. Celles et ceux qui font le ménage en soirée rentrent à "
            "pied.",
        )


def _allee_le_soir():
    """Une allée, trois lampadaires, un seul allumé : dessinée, personne ne l'a photographiée."""
    image = Image.new("RGB", (960, 640), "#1c2733")
    trait = ImageDraw.Draw(image)
    for rang in range(320):
        trait.line([(0, rang), (960, rang)], fill=(24 + rang // 12, 32 + rang // 10, 48 + rang // 7))
    trait.polygon([(0, 640), (960, 640), (560, 320), (400, 320)], fill="#3a3f45")
    trait.polygon([(0, 320), (400, 320), (0, 640)], fill="#22301f")
    trait.polygon([(960, 320), (560, 320), (960, 640)], fill="#1e2a1c")
    # La lumière tombe en cône, de plus en plus claire vers le pied du lampadaire.
    for rang in range(24):
        bord = 130 - rang * 4
        ton = (58 + rang * 3, 62 + rang * 2, 62 + rang)
        trait.ellipse([(665 - bord, 395 - bord // 4), (665 + bord, 395 + bord // 4)], fill=ton)
    for pied, tete, haut, allume in ((250, 210, 60, False), (650, 690, 150, True), (545, 565, 220, False)):
        base = 560 - haut
        trait.line([(pied, base), (pied, haut), (tete, haut)], fill="#0d1116", width=max(3, 14 - haut // 20))
        trait.ellipse([(tete - 16, haut - 8), (tete + 16, haut + 12)], fill="#ffe9a8" if allume else "#11161c")
    tampon = io.BytesIO()
    image.save(tampon, "JPEG", quality=85)
    return SimpleUploadedFile("allee.jpg", tampon.getvalue(), content_type="image/jpeg")
