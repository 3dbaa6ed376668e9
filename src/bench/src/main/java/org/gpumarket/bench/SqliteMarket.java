package org.gpumarket.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gpumarket.matcher.Offer;
import org.gpumarket.matcher.Order;
import org.gpumarket.matcher.Requirements;

/**
 * The same offers in SQLite, in memory, with indexes by model and price and by price alone that
 * cover what is compared: what a user would pick instead of a matching engine. Ties are broken by
 * row, which is less than the engine does.
 */
final class SqliteMarket implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> searches = new HashMap<>();
  private final PreparedStatement take;
  private final PreparedStatement setFree;

  SqliteMarket(List<Offer> offers) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE offers (id INTEGER PRIMARY KEY, model TEXT, tier INT, vram INT, free INT,"
              + " price INT, region TEXT, cpu INT, memory INT, disk INT, longest INT)");
    }
    connection.setAutoCommit(false);
    insert(offers);
    try (Statement statement = connection.createStatement()) {
      String columns = "free, cpu, memory, disk, longest, region, tier, vram)";
      statement.execute("CREATE INDEX by_model ON offers (model, price, " + columns);
      statement.execute("CREATE INDEX by_price ON offers (price, " + columns);
      statement.execute("ANALYZE");
    }
    connection.commit();
    take = connection.prepareStatement("UPDATE offers SET free = free - ? WHERE id = ?");
    setFree = connection.prepareStatement("UPDATE offers SET free = ? WHERE id = ?");
  }

  private void insert(List<Offer> offers) throws SQLException {
    try (PreparedStatement row =
        connection.prepareStatement("INSERT INTO offers VALUES (?,?,?,?,?,?,?,?,?,?,?)")) {
      for (int i = 0; i < offers.size(); i++) {
        Offer offer = offers.get(i);
        row.setInt(1, i);
        row.setString(2, offer.gpu().model());
        row.setInt(3, offer.gpu().tier());
        row.setLong(4, offer.gpu().vramMib());
        row.setInt(5, offer.gpuAvailable());
        row.setLong(6, offer.price().microsPerGpuHour());
        row.setString(7, offer.region().text());
        row.setLong(8, offer.resources().cpuMillis());
        row.setLong(9, offer.resources().memoryMib());
        row.setLong(10, offer.resources().diskMib());
        row.setLong(11, offer.maxDurationMillis());
        row.execute();
      }
    }
  }

  /** Sets what is free of an offer. */
  void free(int number, int gpus) throws SQLException {
    setFree.setInt(1, gpus);
    setFree.setInt(2, number);
    setFree.execute();
  }

  /** Finds the cheapest offer that fits and takes its GPUs; false when there is none. */
  boolean hold(Order order) throws SQLException {
    PreparedStatement search = prepare(order.requirements());
    try (ResultSet found = search.executeQuery()) {
      if (!found.next()) {
        return false;
      }
      take.setInt(1, order.requirements().gpuCount());
      take.setInt(2, found.getInt(1));
    }
    take.execute();
    return true;
  }

  private PreparedStatement prepare(Requirements wanted) throws SQLException {
    List<Object> values = new ArrayList<>();
    StringBuilder where = new StringBuilder("free >= ? AND longest >= ?");
    values.add(wanted.gpuCount());
    values.add(wanted.durationMillis());
    if (!wanted.models().isEmpty()) {
      where.append(" AND model = ?");
      values.add(wanted.models().iterator().next());
    } else {
      where.append(" AND tier >= ? AND vram >= ?");
      values.add(wanted.minTier());
      values.add(wanted.minVramMib());
    }
    if (!wanted.regions().isEmpty()) {
      where.append(" AND region >= ? AND region < ?");
      values.add(wanted.regions().getFirst().text());
      values.add(wanted.regions().getFirst().text() + "~");
    }
    if (wanted.maxPrice().isPresent()) {
      where.append(" AND price <= ?");
      values.add(wanted.maxPrice().get().microsPerGpuHour());
    }
    if (wanted.resources().cpuMillis() > 0) {
      where.append(" AND cpu >= ? AND memory >= ? AND disk >= ?");
      values.add(wanted.resources().cpuMillis());
      values.add(wanted.resources().memoryMib());
      values.add(wanted.resources().diskMib());
    }
    String sql = "SELECT id FROM offers WHERE " + where + " ORDER BY price LIMIT 1";
    PreparedStatement search = searches.get(sql);
    if (search == null) {
      search = connection.prepareStatement(sql);
      searches.put(sql, search);
    }
    for (int i = 0; i < values.size(); i++) {
      search.setObject(i + 1, values.get(i));
    }
    return search;
  }

  /** Undoes what was taken since the last commit. */
  void rollback() throws SQLException {
    connection.rollback();
  }

  void commit() throws SQLException {
    connection.commit();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
