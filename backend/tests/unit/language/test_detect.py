"""Detection of a language: right where the words tell, silent where they do not."""

import pytest

from app.language.detect import language_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Please cancel my order 1042"),
        ("en", "Where's my stuff? I ordered it last week"),
        ("de", "Bitte stornieren Sie die Bestellung 1042"),
        ("de", "wo bleibt mein Paket?"),
        ("fr", "Pouvez-vous annuler ma commande 1042 ?"),
        ("fr", "Où est mon colis ?"),
        ("es", "Quiero cancelar el pedido 1042, por favor"),
        ("es", "¿Dónde está mi paquete?"),
        ("it", "Vorrei annullare il mio ordine 1042"),
        ("it", "Dove è il mio pacco?"),
        ("pt", "Quero cancelar o meu pedido, obrigado"),
        ("pt", "Onde está a minha encomenda? Não chegou"),
        ("nl", "Kunt u mijn bestelling annuleren?"),
        ("pl", "Proszę anulować moje zamówienie"),
        ("tr", "Siparişim nerede? Lütfen iptal edin"),
        ("sv", "Var är mitt paket? Jag vill inte ha det"),
        ("ru", "Отмените мой заказ, пожалуйста"),
        ("uk", "Де моє замовлення? Дякую за відповідь"),
        ("ja", "注文1042をキャンセルしてください"),
        ("zh", "请取消我的订单1042"),
        ("ko", "주문 1042를 취소해 주세요"),
        ("ar", "أريد إلغاء الطلب 1042"),
    ],
)
def test_what_customers_write(language: str, text: str) -> None:
    """One message is enough."""
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "1042", "ok", "??", "DHL 00340434", "🙂"])
def test_no_evidence_is_no_answer(text: str) -> None:
    """A number, a name or a sign tells nothing."""
    assert language_of(text) == ""
