// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static io.serpentry.session.StoreCapability.DURABLE;
import static io.serpentry.session.StoreCapability.HISTORY;
import static io.serpentry.session.StoreCapability.SHARED;
import static io.serpentry.session.StoreCapability.TRANSACTIONAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.StoreCapability;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link io.serpentry.session.SessionStore} must do. An adapter's test extends it, says how its store is opened, and takes in the
 * tests for each capability that the store declares:
 *
 * <pre>
 * class MyStoreTest extends SessionStoreContract {
 *     &#64;Nested
 *     class History extends HistoryContract {
 *         History() {
 *             super(MyStoreTest.this);
 *         }
 *     }
 * </pre>
 */
public abstract class SessionStoreContract {

    private static final Map<StoreCapability, Set<Class<?>>> CONTRACTS = Map.of(
            DURABLE, Set.of(DurabilityContract.class),
            TRANSACTIONAL, Set.of(TransactionContract.class),
            SHARED, Set.of(SharingContract.class),
            HISTORY, Set.of(HistoryContract.class, RestoreContract.class));

    /** A store without sessions. The test closes it. */
    protected abstract StoreUnderTest open(SessionSettings settings, InstantSource clock) throws Exception;

    @Test
    void theTestsForExactlyTheDeclaredCapabilitiesMustBeThere() throws Exception {
        Set<Class<?>> all = CONTRACTS.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        Set<Class<?>> there = Stream.<Class<?>>iterate(getClass(), type -> type != null, Class::getSuperclass)
                .flatMap(type -> Arrays.stream(type.getDeclaredClasses()))
                .<Class<?>>map(Class::getSuperclass)
                .filter(all::contains)
                .collect(Collectors.toSet());

        try (StoreUnderTest tested = open(SessionSettings.defaults(), new ManualClock())) {
            assertThat(there)
                    .isEqualTo(tested.store().capabilities().stream()
                            .flatMap(capability -> CONTRACTS.get(capability).stream())
                            .collect(Collectors.toSet()));
        }
    }

    @Nested
    class Creation extends CreationContract {
        Creation() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Reads extends ReadContract {
        Reads() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Saves extends SaveContract {
        Saves() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Attributes extends AttributeContract {
        Attributes() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Conflicts extends ConflictContract {
        Conflicts() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Concurrency extends ConcurrencyContract {
        Concurrency() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Counters extends CounterContract {
        Counters() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Touches extends TouchContract {
        Touches() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Expiry extends ExpiryContract {
        Expiry() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Sweeps extends SweepContract {
        Sweeps() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Announcements extends AnnouncementContract {
        Announcements() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Owners extends OwnerContract {
        Owners() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class DamagedEntries extends DamageContract {
        DamagedEntries() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Pages extends PageContract {
        Pages() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Filters extends FilterContract {
        Filters() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Statistics extends StatisticsContract {
        Statistics() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Quotas extends QuotaContract {
        Quotas() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class BadInput extends BadInputContract {
        BadInput() {
            super(SessionStoreContract.this);
        }
    }

    @Nested
    class Checks extends CheckContract {
        Checks() {
            super(SessionStoreContract.this);
        }
    }
}
