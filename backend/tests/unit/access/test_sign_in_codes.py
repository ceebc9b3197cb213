"""One-time codes for signing in."""

from __future__ import annotations

from app.access.sign_in_codes import CODE_SECONDS, MAX_CODES, SignInCodes

NOW = 1_800_000_000.0


class TestSignInCodes:
    def test_a_code_works_once(self) -> None:
        """The second use of a code fails."""
        codes = SignInCodes()
        code = codes.issue(NOW)
        assert codes.redeem(code, NOW)
        assert not codes.redeem(code, NOW)

    def test_a_code_ends(self) -> None:
        """After fifteen minutes a code is worth nothing."""
        codes = SignInCodes()
        early, late = codes.issue(NOW), codes.issue(NOW)
        assert codes.redeem(early, NOW + CODE_SECONDS - 1)
        assert not codes.redeem(late, NOW + CODE_SECONDS)

    def test_codes_are_apart(self) -> None:
        """Using one code leaves the others good."""
        codes = SignInCodes()
        first, second = codes.issue(NOW), codes.issue(NOW)
        assert first != second
        assert codes.redeem(first, NOW)
        assert codes.redeem(second, NOW)

    def test_memory_is_bounded(self) -> None:
        """With too many codes the oldest one goes."""
        codes = SignInCodes()
        issued = [codes.issue(NOW) for _ in range(MAX_CODES + 1)]
        assert not codes.redeem(issued[0], NOW)
        assert all(codes.redeem(code, NOW) for code in issued[1:])

    def test_old_codes_make_room(self) -> None:
        """Codes whose time is over do not push good ones out."""
        codes = SignInCodes()
        for _ in range(MAX_CODES):
            codes.issue(NOW)
        fresh = [codes.issue(NOW + CODE_SECONDS) for _ in range(MAX_CODES)]
        assert all(codes.redeem(code, NOW + CODE_SECONDS) for code in fresh)

    def test_memory_does_not_hold_the_code(self) -> None:
        """Only a hash is kept."""
        codes = SignInCodes()
        assert codes.issue(NOW) not in repr(vars(codes))
