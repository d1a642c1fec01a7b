"""Reads the sandbox with ccxt, a client written by others, and compares what it reads.

Usage: check.py http://127.0.0.1:PORT
"""

import sys
from decimal import Decimal

import ccxt

BINANCE_KEY = "nNyxSGCQa8Y9kpkpm7LmuYQaFLRrMEdEb1gM17lcznz7M0VnD3uLkjNbvjbAa44k"
BINANCE_SECRET = "iERgDaz8vKaJx2P6HEbphf7wnk93nONNAVvdg5gfJPiwiENKjJ2dOu2jhSKJOJaC"
OKX_KEY = "48c1eaf3-e9f4-48e9-be55-cfd2a62c88b8"
OKX_SECRET = "ABFD4390DD8D9D8C841B01BDEEDDFF9F"
OKX_PASSPHRASE = "amber-Lantern-27"

# The accounts with something in every wallet.
BINANCE_FULL = (
    "1wY87JN53SKIOz21By1uYkHVZoUNdT5Rs2fOfRN4jOvHJtSu1EuSJMab11JGYJcW",
    "mLhLY28Ve0WtksKiy9kgDm55pSj4qncFmL3WOFlhY6icNPgCsISZCeWjn0diGaE5",
)
OKX_FULL = ("06254b5f-4525-48b7-96e1-4ceec29b9533", "493A9A719365C409356C7E12727FEC6B", "quartz-Ferry-82")

# Asset: (free, locked), as printed by the exchange.
BINANCE_SPOT = {
    "BTC": ("0.01234567", "0.00100000"),
    "ETH": ("1.50000000", "0.25000000"),
    "USDT": ("250.12345678", "49.87654322"),
    "SOL": ("12.34567890", "0.00000000"),
    "LDO": ("12.50000000", "0.00000000"),
    "LDUSDT": ("1000.00000000", "0.00000000"),
    "1000SATS": ("20000.00000000", "500.00000000"),
    "币安人生": ("5.00000000", "0.00000000"),
    "VTHO": ("0.000000000000000037", "0.00000000"),
    "EUR": ("42.10000000", "7.90000000"),
}
BINANCE_FUNDING = {
    "USDT": ("75.25", "0"),
    "BTC": ("0.0005", "0"),
    "BNB": ("0.31", "0.02"),
}
# Asset: amount.
BINANCE_FLEXIBLE = {
    "USDT": ("2500.00000000",),
    "BTC": ("0.05000000",),
    "SOL": ("18.75000000",),
    "BAKE": ("300.00000000",),
    "SHIB": ("1500000.00000000",),
}
# Asset: (borrowed, net).
BINANCE_MARGIN = {
    "BTC": ("0.00000000", "0.02000000"),
    "USDT": ("900.00000000", "-779.87125000"),
}
OKX_SAVINGS = {"USDT": ("1211.0010737453457821",), "BTC": ("0.075",)}
# Coin: (all of it, available, frozen).
OKX_TRADING = {
    "BTC": ("0.512345678901234567", "0.412345678901234567", "0.1"),
    "ETH": ("3.000000000000000001", "3.000000000000000001", "0"),
    "USDT": ("1234.567890123456789", "1034.067890123456789", "200.5"),
    "USDC": ("99.999999999999999999", "99.999999999999999999", "0"),
    "SOL": ("8.00", "7.25", "0.75"),
    "OKB": ("1.0000000000000001", "1.0000000000000001", "0"),
    "PEPE": ("123456789.123456789012345678", "123456789.123456789012345678", "0"),
    "EUR": ("15.5", "15.5", "0"),
    "DOGE": ("0", "0", "0"),
}
OKX_FUNDING = {
    "USDT": ("500.25", "500.25", "0"),
    "BTC": ("0.002500000000000001", "0.002500000000000001", "0"),
    "SHIB": ("1250000", "1000000", "250000"),
}


def binance(url, key=BINANCE_KEY, secret=BINANCE_SECRET, **options):
    """ccxt's client of Binance, turned to the sandbox."""
    client = ccxt.binance({"apiKey": key, "secret": secret, "timeout": 5000})
    client.options.update({"fetchMarkets": {"types": ["spot"]}})
    client.options.update(options)
    paths = {"public": "/api/v3", "private": "/api/v3", "sapi": "/sapi/v1", "sapiV3": "/sapi/v3"}
    # Addresses that are not turned are taken away, so that nothing can leave this machine.
    client.urls["api"] = {name: url + path for name, path in paths.items()}
    return client


def okx(url, key=OKX_KEY, secret=OKX_SECRET, passphrase=OKX_PASSPHRASE):
    """ccxt's client of OKX, turned to the sandbox."""
    client = ccxt.okx({"apiKey": key, "secret": secret, "password": passphrase, "timeout": 5000})
    client.options["fetchMarkets"] = {"types": ["spot"]}
    client.urls["api"] = {"rest": url}
    return client


class Checks:
    """Runs checks one by one and counts how they end."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def run(self, name, check):
        try:
            trouble = check()
        except Exception as error:  # Whatever goes wrong is this check's failure, not the end.
            trouble = f"{type(error).__name__}: {error}"
        self.passed += not trouble
        self.failed += bool(trouble)
        print(f"FAIL {name}: {trouble}" if trouble else f"ok   {name}")

    def same(self, name, read, expected):
        def check():
            found = read()
            return "" if found == expected else f"expected {expected!r}, found {found!r}"

        self.run(name, check)

    def refused(self, name, call, kind, code):
        def check():
            try:
                call()
            except ccxt.BaseError as error:
                right = type(error) is kind and code in str(error)
                return "" if right else f"{type(error).__name__}: {error}"
            return "it was not refused"

        self.run(name, check)


def pairs(rows, name, *fields):
    """The rows' texts by asset."""
    return {row[name]: tuple(row[field] for field in fields) for row in rows}


def held(rows):
    """The rows that are not zero."""
    return {asset: row for asset, row in rows.items() if any(Decimal(amount) for amount in row)}


def check_binance(checks, url):
    client = binance(url)
    checks.same("binance: markets load", lambda: "BTC/USDT" in client.load_markets(), True)
    checks.same("binance: currencies load", lambda: client.currencies["EUR"]["id"], "EUR")
    checks.same(
        "binance: spot balances, text by text",
        lambda: held(pairs(client.fetch_balance()["info"]["balances"], "asset", "free", "locked")),
        BINANCE_SPOT,
    )
    checks.same(
        "binance: zero balances left out on demand",
        lambda: pairs(
            client.fetch_balance({"omitZeroBalances": "true"})["info"]["balances"],
            "asset",
            "free",
            "locked",
        ),
        BINANCE_SPOT,
    )
    checks.same(
        "binance: funding balances, text by text",
        lambda: pairs(client.fetch_balance({"type": "funding"})["info"], "asset", "free", "locked"),
        BINANCE_FUNDING,
    )
    checks.same(
        "binance: spot balances by the other path",
        lambda: pairs(client.sapiV3PostAssetGetUserAsset(), "asset", "free", "locked"),
        BINANCE_SPOT,
    )
    checks.same(
        "binance: ccxt adds free and locked", lambda: client.fetch_balance()["USDT"]["total"], 300.0
    )
    checks.same(
        "binance: the key can only read",
        lambda: [name for name, on in client.sapiGetAccountApiRestrictions().items() if on is True],
        ["enableReading"],
    )
    checks.same("binance: the clock is told", lambda: client.fetch_time() > 1_700_000_000_000, True)
    checks.same("binance: the system is open", lambda: client.fetch_status()["status"], "ok")


def check_binance_wallets(checks, url):
    client = binance(url, *BINANCE_FULL)
    checks.same(
        "binance: flexible earn, text by text",
        lambda: pairs(
            client.sapiGetSimpleEarnFlexiblePosition({"size": 100})["rows"], "asset", "totalAmount"
        ),
        BINANCE_FLEXIBLE,
    )
    checks.same(
        "binance: flexible earn in spot as LD",
        lambda: sorted(
            row["asset"]
            for row in client.sapiV3PostAssetGetUserAsset()
            if row["asset"].startswith("LD")
        ),
        ["LDBAKET", "LDBTC", "LDO", "LDSHIB2", "LDSOL", "LDUSDT"],
    )
    checks.same(
        "binance: locked earn",
        lambda: [row["amount"] for row in client.sapiGetSimpleEarnLockedPosition()["rows"]],
        ["122.09202928", "85.50000000", "40.00000000"],
    )
    checks.same(
        "binance: cross margin, text by text",
        lambda: held(
            pairs(
                client.fetch_balance({"type": "margin"})["info"]["userAssets"],
                "asset",
                "borrowed",
                "netAsset",
            )
        ),
        BINANCE_MARGIN,
    )
    checks.same(
        "binance: the overview has ten wallets",
        lambda: len(client.sapiGetAssetWalletBalance({"quoteAsset": "USDT"})),
        10,
    )
    checks.refused(
        "binance: an account without margin is told so",
        binance(url).sapiGetMarginAccount,
        ccxt.ExchangeError,
        "-3003",
    )


def check_binance_refusals(checks, url):
    wrong = BINANCE_SECRET[::-1]
    unknown = BINANCE_KEY[::-1]
    late = binance(url, recvWindow=5000)
    late.nonce = lambda: late.milliseconds() - 6000
    early = binance(url, recvWindow=60000)
    early.nonce = lambda: early.milliseconds() + 2000
    refusals = [
        ("a wrong secret", binance(url, secret=wrong), ccxt.AuthenticationError, "-1022"),
        ("an unknown key", binance(url, key=unknown), ccxt.AuthenticationError, "-2015"),
        ("a malformed key", binance(url, key="short"), ccxt.AuthenticationError, "-2014"),
        ("a clock behind", late, ccxt.InvalidNonce, "-1021"),
        ("a clock ahead", early, ccxt.InvalidNonce, "-1021"),
    ]
    for name, client, kind, code in refusals:
        checks.refused(f"binance: {name} is refused", client.privateGetAccount, kind, code)
    checks.refused(
        "binance: an unknown parameter is refused",
        lambda: binance(url).privateGetAccount({"colour": "red"}),
        ccxt.BadRequest,
        "-1104",
    )
    checks.refused(
        "binance: an order is refused",
        lambda: binance(url).privatePostOrder(
            {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET"}
        ),
        ccxt.AuthenticationError,
        "-2015",
    )


def check_okx(checks, url):
    client = okx(url)
    checks.same("okx: markets load", lambda: "BTC/USDT" in client.load_markets(), True)
    checks.same("okx: currencies load", lambda: client.currencies["BTC"]["id"], "BTC")
    checks.same(
        "okx: trading balances, text by text",
        lambda: pairs(
            client.fetch_balance()["info"]["data"][0]["details"],
            "ccy",
            "eq",
            "availBal",
            "frozenBal",
        ),
        OKX_TRADING,
    )
    checks.same(
        "okx: trading balances of two coins",
        lambda: sorted(
            row["ccy"]
            for row in client.fetch_balance({"ccy": "BTC,ETH"})["info"]["data"][0]["details"]
        ),
        ["BTC", "ETH"],
    )
    checks.same(
        "okx: funding balances, text by text",
        lambda: pairs(
            client.fetch_balance({"type": "funding"})["info"]["data"],
            "ccy",
            "bal",
            "availBal",
            "frozenBal",
        ),
        OKX_FUNDING,
    )
    checks.same("okx: ccxt reads the amounts", lambda: client.fetch_balance()["SOL"]["total"], 8.0)
    checks.same(
        "okx: the key can only read",
        lambda: client.privateGetAccountConfig()["data"][0]["perm"],
        "read_only",
    )
    checks.same("okx: the clock is told", lambda: client.fetch_time() > 1_700_000_000_000, True)


def check_okx_wallets(checks, url):
    client = okx(url, *OKX_FULL)
    checks.same(
        "okx: savings, text by text",
        lambda: pairs(client.privateGetFinanceSavingsBalance()["data"], "ccy", "amt"),
        OKX_SAVINGS,
    )
    checks.same(
        "okx: on-chain earn",
        lambda: [
            (row["investData"][0]["ccy"], row["investData"][0]["amt"])
            for row in client.privateGetFinanceStakingDefiOrdersActive()["data"]
        ],
        [("ETH", "2"), ("DOT", "64.5"), ("ETH", "0.5")],
    )
    checks.same(
        "okx: what can no longer be traded",
        lambda: pairs(client.privateGetAssetNonTradableAssets()["data"], "ccy", "bal"),
        {"CELT": ("989.84719571",)},
    )
    checks.same(
        "okx: the valuation has its parts",
        lambda: sorted(client.privateGetAssetAssetValuation()["data"][0]["details"]),
        ["classic", "earn", "funding", "trading"],
    )


def check_okx_refusals(checks, url):
    late = okx(url)
    late.nonce = lambda: late.milliseconds() - 31_000
    demo = okx(url)
    demo.headers = {"x-simulated-trading": "1"}
    refusals = [
        ("a wrong secret", okx(url, secret=OKX_SECRET[::-1]), ccxt.AuthenticationError, "50113"),
        ("an unknown key", okx(url, key=OKX_KEY[::-1]), ccxt.AuthenticationError, "50111"),
        ("a key of nobody's", okx(url, key=OKX_KEY.replace("4", "5")), ccxt.ExchangeError, "50119"),
        ("a wrong passphrase", okx(url, passphrase="wrong"), ccxt.AuthenticationError, "50105"),
        ("a clock behind", late, ccxt.InvalidNonce, "50102"),
        ("another environment", demo, ccxt.AuthenticationError, "50101"),
    ]
    for name, client, kind, code in refusals:
        checks.refused(f"okx: {name} is refused", client.privateGetAccountBalance, kind, code)
    checks.refused(
        "okx: an order is refused",
        lambda: okx(url).privatePostTradeOrder({"instId": "BTC-USDT", "side": "buy", "sz": "1"}),
        ccxt.ExchangeError,
        "50120",
    )


def main():
    if len(sys.argv) != 2 or not sys.argv[1].startswith("http://127.0.0.1:"):
        print(__doc__, file=sys.stderr)
        return 2
    url = sys.argv[1].rstrip("/")
    checks = Checks()
    print(f"ccxt {ccxt.__version__} against {url}")
    check_binance(checks, url)
    check_binance_wallets(checks, url)
    check_binance_refusals(checks, url)
    check_okx(checks, url)
    check_okx_wallets(checks, url)
    check_okx_refusals(checks, url)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
