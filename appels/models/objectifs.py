"""Ce que veut la convention : enjeux, objectifs stratégiques, objectifs opérationnels par quartier."""

from django.db import models

from appels.models.convention import ConventionApplication, Quartier, Statut


class EnjeuPrioritaire(models.Model):
    """Les quatre enjeux communaux des groupes de travail : une autre liste que les enjeux du contrat."""

    convention = models.ForeignKey(ConventionApplication, models.CASCADE, related_name="enjeux_prioritaires")
    code = models.CharField(max_length=12)
    texte = models.CharField(max_length=255)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)
    quartiers = models.ManyToManyField(Quartier, related_name="enjeux_prioritaires", blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["convention", "code"], name="enjeu_prioritaire_unique")]

    def __str__(self):
        return self.texte


def nommer_enjeu(numero, titre):
    """« Enjeu 1 · Des quartiers attentifs… » : la convention écrit ses titres en capitales, on les lit mieux sans."""
    titre = titre.capitalize() if titre.isupper() else titre
    return f"Enjeu {numero} · {titre}" if titre else f"Enjeu {numero}"


class Enjeu(models.Model):
    convention = models.ForeignKey(ConventionApplication, models.CASCADE, related_name="enjeux")
    numero = models.PositiveSmallIntegerField("numéro")
    code = models.CharField(max_length=12)
    titre = models.CharField(max_length=255, blank=True)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)

    class Meta:
        ordering = ["numero"]
        constraints = [models.UniqueConstraint(fields=["convention", "code"], name="enjeu_unique")]

    def __str__(self):
        return nommer_enjeu(self.numero, self.titre)


class ObjectifStrategique(models.Model):
    """Deux niveaux : `parent` vide pour le premier, rempli pour le second."""

    enjeu = models.ForeignKey(Enjeu, models.CASCADE, related_name="objectifs_strategiques")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="sous_objectifs")
    code = models.CharField(max_length=16)
    titre = models.CharField(max_length=400)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["enjeu__numero", "ordre", "code"]
        constraints = [models.UniqueConstraint(fields=["enjeu", "code"], name="objectif_strategique_unique")]

    def __str__(self):
        return self.titre


class ObjectifOperationnel(models.Model):
    """Ce à quoi un projet répond, dans les quartiers où la convention le retient."""

    strategique = models.ForeignKey(ObjectifStrategique, models.CASCADE, related_name="objectifs_operationnels")
    code = models.CharField(max_length=16)
    texte = models.CharField(max_length=500)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)
    quartiers = models.ManyToManyField(Quartier, related_name="objectifs")
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["strategique__enjeu__numero", "code"]
        constraints = [models.UniqueConstraint(fields=["strategique", "code"], name="objectif_operationnel_unique")]

    def __str__(self):
        return self.texte
