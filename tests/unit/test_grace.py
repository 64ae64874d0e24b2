from bot.application.grace import Grace


async def test_a_part_that_ends_by_itself_has_all_the_time() -> None:
    assert Grace(5, least=1).left() == 5


async def test_all_parts_of_a_program_that_ends_share_one_time() -> None:
    grace = Grace(5, least=1)
    grace.begin()
    first = grace.left()
    grace.begin()
    assert 0 < grace.left() <= first <= 5, "whoever comes later has less"


async def test_each_part_gets_a_moment_to_write_down_what_it_knows() -> None:
    grace = Grace(0, least=1)
    grace.begin()
    assert grace.left() == 1
