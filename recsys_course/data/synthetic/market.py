"""What the synthetic cinema offers and to whom: genres, devices, countries, hours of the day.

Weights are whole numbers: only their ratios matter. They were set by hand so that the result looks
like a Russian online cinema in the spring of 2019.
"""

from typing import NamedTuple

import numpy as np

OPENING = 1_551_387_600
"""First second of the window: 2019-03-01 00:00 in Moscow, in seconds of UTC."""

DAYS = 61
"""Length of the window: March and April."""

FIRST_DAY = OPENING // 86_400 + 1
"""The first whole UTC day of the window, in days since 1970."""


class Genre(NamedTuple):
    """One genre: names, weights among films and series, audience, length of an episode."""

    ru: str
    en: str
    films: int
    series: int
    audience: int
    minutes: int


# Audiences: 0 action and fantasy, 1 romance, 2 light, 3 crime, 4 children, 5 old and documentary,
# 6 anime. A household mostly keeps to the genres of one audience.
CHILDREN = 4
GENRES = (
    Genre("Боевики", "Action", 8, 3, 0, 46),
    Genre("Мелодрамы", "Romance", 9, 14, 1, 46),
    Genre("Комедийные", "Comedy", 13, 12, 2, 24),
    Genre("Драмы", "Drama", 12, 8, 1, 48),
    Genre("Триллеры", "Thriller", 8, 3, 0, 46),
    Genre("Детективы", "Mystery", 4, 12, 3, 46),
    Genre("Фантастика", "Science fiction", 6, 3, 0, 44),
    Genre("Ужасы", "Horror", 6, 1, 0, 44),
    Genre("Приключения", "Adventure", 5, 2, 2, 42),
    Genre("Семейные", "Family", 3, 1, 4, 24),
    Genre("Документальные", "Documentary", 4, 6, 5, 40),
    Genre("Исторические", "History", 2, 3, 5, 46),
    Genre("Военные", "War", 3, 4, 3, 46),
    Genre("Криминал", "Crime", 4, 8, 3, 46),
    Genre("Фэнтези", "Fantasy", 3, 3, 0, 44),
    Genre("Биография", "Biography", 2, 1, 5, 46),
    Genre("Спорт", "Sport", 1, 1, 2, 30),
    Genre("Музыкальные", "Music", 2, 1, 1, 30),
    Genre("Развивающие", "Educational", 1, 5, 4, 9),
    Genre("Полнометражные мультфильмы", "Animated films", 4, 0, 4, 80),
    Genre("Мультсериалы", "Cartoon series", 0, 16, 4, 12),
    Genre("Аниме", "Anime", 2, 6, 6, 24),
    Genre("Советские", "Soviet classics", 4, 2, 5, 60),
    Genre("Телешоу", "TV shows", 1, 7, 2, 40),
)
GENRE_NAMES = {"ru": [genre.ru for genre in GENRES], "en": [genre.en for genre in GENRES]}
SOVIET = GENRE_NAMES["en"].index("Soviet classics")

AUDIENCE_OF_GENRE = np.array([genre.audience for genre in GENRES])
AUDIENCE_DEMAND = np.array([12, 13, 10, 8, 11, 7, 6])  # subscribers against titles on offer

# Numbers of episodes of a series, each equally likely.
EPISODES = np.array(
    [
        *(4, 6, 8, 8, 10, 12, 12, 12, 13, 16, 16, 20, 20, 24, 24, 26, 26),
        *(32, 40, 52, 52, 60, 80, 100, 130, 180, 260),
    ]
)

# Episodes of one series that a user watches before turning to something else.
BINGE_LENGTHS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 24, 35])
BINGE_WEIGHTS = np.array([420, 200, 120, 70, 55, 40, 35, 22, 16, 11, 7, 4])

# Sessions that begin in each hour of the Moscow day: lunch is calm, the evening peaks at 21.
HOUR_WEIGHTS = np.array(
    [36, 24, 15, 10, 8, 8, 12, 21, 30, 38, 44, 47, 48, 49, 50, 50, 51, 53, 57, 64, 73, 78, 71, 54]
)

PLATFORMS = (
    *("Android", "Android TV", "Apple TV", "LG Smart TV", "Mobile Web"),
    *("Samsung Smart TV", "Sony Smart TV", "Web", "iPad", "iPhone"),
)
PLATFORM_WEIGHTS = np.array([24, 8, 2, 12, 6, 14, 2, 21, 4, 7])

# Countries are codes without a key, as in the original data.
COUNTRIES = ("1", "56", "33", "45", "14", "30", "21", "24", "5", "67")
COUNTRY_WEIGHTS = np.array([38, 27, 9, 6, 5, 4, 4, 3, 2, 2])
