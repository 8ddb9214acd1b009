"""Sixty days of trade: who ordered what and when, played through the plots of `courses`, and written at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model

from aqad.demo import courses
from aqad.demo.chronicle import BATCH, audience
from aqad.demo.deals import MOMENT, Deal
from aqad.demo.goods import Good
from aqad.demo.ledger import Ledger
from aqad.demo.rhythm import earlier, later, ordering_times
from aqad.demo.world import Party, World
from catalog.models import MovementKind
from core.money import vat_on
from orders.lifecycle import ORDER, OrderStatus
from orders.models import Checkout, Line, Order, PaymentMethod
from orders.pricing import Priced
from payments.lifecycle import PAYMENT
from payments.models import Allocation, Payment

DAYS = 60
A_DAY = 10.0
LATEST = timedelta(hours=1)
HOLD = timedelta(minutes=15)
STAYS_OPEN = timedelta(days=3)  # so that who looks in tomorrow still finds an order waiting for its payment
CARDS = 0.6
SEVERAL_VENDORS = 0.22
FRESH_MART = 0.05
AHMED = "ahmed"
LED_BY_AHMED = 3
FEW = (1, 1, 2, 2, 3, 3, 4, 5, 6)


@dataclass
class Trade:
    """All deals of the demo, and the dice they are made with."""

    world: World
    goods: list[Good]
    ledger: Ledger = field(default_factory=Ledger)
    deals: list[Deal] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_vendor: dict[str, list[Good]] = defaultdict(list)
        for good in self.goods:
            self.by_vendor[good.seller.profile.pk].append(good)

    def past(self) -> None:
        """What is over: each moment of ordering gets a plot that has ended by now."""
        rng = self.world.rng
        plots, weights = list(courses.PAST), [share for share, _steps in courses.PAST.values()]
        for start in ordering_times(self.world.now, DAYS, A_DAY, rng):
            plot = rng.choices(plots, weights)[0]
            steps = courses.PAST[plot][1]
            times = self._forward(start, steps)
            if times[-1] < self.world.now - LATEST:
                # Fatima's own cards are good: a failed payment in her inbox is news, not history.
                shop = self._shop(spare_fresh_mart=plot in courses.CARD_ONLY)
                self._play(start, shop, plot in courses.CARD_ONLY, steps, times, live=False)

    def present(self) -> None:
        """What is under way: each plot ends a little while ago."""
        for plot, (count, steps) in courses.NOW.items():
            for number in range(count):
                ended = self.world.now - timedelta(minutes=self.world.rng.uniform(2, 12) + 9 * number)
                times = self._backward(ended, steps)
                start = times.pop(0)
                early = plot in ("placed", "processing")
                shop = self.world.shops[0] if early and number == 0 else self._shop(spare_fresh_mart=True)
                led = AHMED if number % LED_BY_AHMED == 0 else ""
                self._play(start, shop, plot == "awaiting", steps, times, live=True, led=led)

    def _shop(self, *, spare_fresh_mart: bool) -> Party:
        rng, shops = self.world.rng, self.world.shops
        return shops[0] if not spare_fresh_mart and rng.random() < FRESH_MART else rng.choice(shops[1:])

    def _forward(self, start: datetime, steps: Sequence[str]) -> list[datetime]:
        times, moment, rng = [], start, self.world.rng
        for step in steps:
            gap = rng.uniform(*courses.MINUTES[step])
            short = step in ("pay", "decline", "expire", "pay_late")
            moment = moment + timedelta(minutes=gap) if short else later(moment, gap, rng)
            times.append(moment)
        return times

    def _backward(self, ended: datetime, steps: Sequence[str]) -> list[datetime]:
        """The moment of ordering, then those of the steps, the last of them at `ended`."""
        times, rng = [ended], self.world.rng
        for step in reversed(steps):
            gap = rng.uniform(*courses.MINUTES[step])
            before = times[0] - timedelta(minutes=gap)
            times.insert(0, before if step == "pay" else earlier(times[0], gap, rng))
        return times

    def _play(
        self, start: datetime, shop: Party, card: bool, steps: Sequence[str], times: list[datetime], *,
        live: bool, led: str = "",
    ) -> None:  # fmt: skip
        """Order, then every step at its time; the parts of one checkout go the same way, minutes apart."""
        method = (
            PaymentMethod.CARD if card or self.world.rng.random() < CARDS else PaymentMethod.CASH_ON_DELIVERY
        )
        deals = self._ordered(start, shop, method, self._baskets(start, live=live, led=led), live=live)
        for step, at in zip(steps, times, strict=True):
            apart = (
                timedelta(0) if step in ("pay", "decline", "expire", "pay_late", "cancel") else MOMENT * 60
            )
            for number, deal in enumerate(deals):
                deal.go(step, min(at + number * apart, self.world.now - MOMENT))
        self.deals += deals

    def _ordered(
        self, at: datetime, shop: Party, method: PaymentMethod, baskets: dict[str, Priced], *, live: bool
    ) -> list[Deal]:
        total = sum((basket.total for basket in baskets.values()), Decimal(0))
        held = STAYS_OPEN if live and method == PaymentMethod.CARD else HOLD
        address = shop.address.copied() if shop.address else {}
        checkout = Checkout(
            retailer=shop.profile, method=method, total=total, address=address, reserved_until=at + held,
            created_at=at,
        )  # fmt: skip
        deals: list[Deal] = []
        card = method == PaymentMethod.CARD
        for key, basket in baskets.items():
            order = Order(
                checkout=checkout, retailer=shop.profile, vendor=self.world.vendors[key].profile,
                status=ORDER.start if card else OrderStatus.PLACED, subtotal=basket.subtotal, vat=basket.vat,
                total=basket.total, created_at=at, placed_at=None if card else at,
            )  # fmt: skip
            payment = (
                deals[0].payment
                if card and deals
                else self._payment(checkout, total if card else basket.total)
            )
            made = Deal(
                self.world, self.ledger, shop, self.world.vendors[key], checkout, order, basket.lines, payment,
                first=not (card and deals),
            )  # fmt: skip
            deals.append(made)
            self._begin(at, made)
        for deal in deals:
            if deal.first:
                facts: dict[str, Any] = {"amount": str(deal.payment.amount), "method": method}
                self.world.chronicle.begin(at, deal.payment, shop.head, **facts)
        return deals

    def _payment(self, checkout: Checkout, amount: Decimal) -> Payment:
        made = Payment(
            checkout=checkout, method=checkout.method, amount=amount, status=PAYMENT.start,
            gateway="sandbox" if checkout.method == PaymentMethod.CARD else "", created_at=checkout.created_at,
        )  # fmt: skip
        self.payments.append(made)
        return made

    def _begin(self, at: datetime, deal: Deal) -> None:
        name = "create" if deal.card else "place"
        told = audience(*deal.shop.people, *([] if deal.card else deal.vendor.people))
        begin = self.world.chronicle.begin
        begin(at, deal.order, deal.shop.head, name, tell=told, total=str(deal.order.total))
        for line in deal.lines:
            line.order = deal.order
        self.ledger.move(at, MovementKind.HOLD, deal.lines, deal.shop.head)

    def _baskets(self, at: datetime, *, live: bool, led: str) -> dict[str, Priced]:
        """One to three vendors (`led` among them), a few of each one's goods, what is popular more often."""
        rng = self.world.rng
        count = rng.choice((2, 2, 3)) if rng.random() < SEVERAL_VENDORS else 1
        open_then = {
            key: goods
            for key, party in self.world.vendors.items()
            if (goods := self._offered(party, at, live=live))
        }
        drawn = rng.sample(sorted(open_then), count)
        chosen = [key for key in self.world.vendors if key in {*drawn[bool(led) :], led or drawn[0]}]
        return {key: self._basket(open_then[key], at, self.world.vendors[key]) for key in chosen}

    def _offered(self, party: Party, at: datetime, *, live: bool) -> list[Good]:
        """What it had on sale then. Goods that people search for first are not promised to anybody just now."""
        return [
            good
            for good in self.by_vendor[party.profile.pk]
            if good.sold_at(at) and not (live and (good.target == 0 or good.searched_for))
        ]

    def _basket(self, goods: list[Good], at: datetime, party: Party) -> Priced:
        rng = self.world.rng
        wanted = min(rng.choice(FEW), len(goods))
        chosen = {id(good): good for good in rng.choices(goods, [good.wanted for good in goods], k=wanted)}
        lines = [self._line(good, at) for good in chosen.values()]
        return Priced(party.profile.pk, sorted(lines, key=lambda line: line.product.pk))

    def _line(self, good: Good, at: datetime) -> Line:
        product, price = good.product, good.price_at(at)
        usual = max(1, round(self.world.rng.lognormvariate(1.5, 0.7) * (60 / (40 + float(price)))))
        step = product.quantity_step
        quantity = max(product.min_quantity, -(-usual // step) * step)
        net = price * quantity
        vat = vat_on(net, product.vat_category)
        return Line(
            product=product, name=product.name, name_ar=product.name_ar, unit=product.unit, quantity=quantity,
            unit_price=price, vat_category=product.vat_category, net=net, vat=vat, total=net + vat,
        )  # fmt: skip

    def write(self) -> None:
        """Everything in order of time, so that numbers rise with it, as they do in the market."""
        deals = sorted(self.deals, key=lambda deal: deal.order.created_at)
        _keep({id(deal.checkout): deal.checkout for deal in deals}.values())
        _keep(deal.order for deal in deals)
        _keep(line for deal in deals for line in deal.lines)
        _keep(_oldest_first(self.payments))
        _keep(Allocation(payment=d.payment, order=d.order, amount=d.order.total) for d in deals)
        _keep(_oldest_first(refund for deal in deals for refund in deal.refunds))
        _keep(_oldest_first(delivery for deal in deals for delivery in deal.deliveries))


def _oldest_first(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row.created_at)


def _keep(rows: Iterable[Model]) -> None:
    found = list(rows)
    if found:
        type(found[0])._base_manager.bulk_create(found, batch_size=BATCH)
