"""Stock, orders and lines, with the keys that any shop has."""

from typing import ClassVar

from django.db import models


class Stock(models.Model):
    on_hand = models.IntegerField()
    reserved = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(reserved__lte=models.F("on_hand")), name="enough")
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} - {self.reserved}"


class Order(models.Model):
    buyer = models.CharField(max_length=20)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT)
    quantity = models.IntegerField()

    def __str__(self) -> str:
        return str(self.pk)
