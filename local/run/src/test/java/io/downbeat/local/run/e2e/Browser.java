package io.downbeat.local.run.e2e;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

/** A headless Chromium, where the machine has one. */
final class Browser implements AutoCloseable {
  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Empty where there is no Chromium with its driver on the PATH. */
  static Optional<Browser> find() {
    Optional<Path> chromium = onPath("chromium").or(() -> onPath("google-chrome"));
    Optional<Path> driver = onPath("chromedriver");
    if (chromium.isEmpty() || driver.isEmpty()) {
      return Optional.empty();
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.get().toFile());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
        "--window-size=1280,1200");
    return Optional.of(
        new Browser(
            new ChromeDriver(
                new ChromeDriverService.Builder()
                    .usingDriverExecutable(driver.get().toFile())
                    .build(),
                options)));
  }

  void open(String address) {
    driver.get(address);
  }

  void reload() {
    driver.navigate().refresh();
  }

  /** What a script returns, when that is there. */
  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  boolean is(String condition) {
    return Boolean.TRUE.equals(run("return Boolean(" + condition + ")"));
  }

  /** The first that is found. */
  void click(String selector) {
    run(
        "const it = document.querySelector(arguments[0]); it.scrollIntoView({block: 'center'}); it.click()",
        selector);
  }

  void fill(String selector, String text) {
    WebElement field = driver.findElement(By.cssSelector(selector));
    field.clear();
    field.sendKeys(text);
  }

  /** Typed where the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  void size(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  void dark(boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  void offline(boolean offline) {
    driver.executeCdpCommand("Network.enable", Map.of());
    driver.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
  }

  /** What axe finds wrong on the page as it is for who cannot see it or has no mouse. */
  List<String> barriers() throws IOException {
    try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
      run(new String(axe.readAllBytes(), StandardCharsets.UTF_8) + "; window.axe = axe");
    }
    Object found =
        driver.executeAsyncScript(
            """
            const answer = arguments[arguments.length - 1];
            axe.run(document).then(({violations, passes}) => answer(
                passes.length ? violations.map(({id, help, nodes}) => `${id}: ${help}, ${nodes[0].html}`) : ['Nothing was looked at']));
            """);
    return ((List<?>) found).stream().map(String::valueOf).toList();
  }

  /** Of the one element. */
  String text(String selector) {
    List<String> texts = texts(selector);
    if (texts.size() != 1) {
      throw new IllegalStateException(
          "Expected one %s on the page, found %d".formatted(selector, texts.size()));
    }
    return texts.get(0);
  }

  /** Of each element, all at one moment: the page replaces them as it moves. */
  List<String> texts(String selector) {
    Object found =
        driver.executeScript(
            "return Array.from(document.querySelectorAll(arguments[0]), each => each.innerText)",
            selector);
    return ((List<?>) found).stream().map(String::valueOf).map(String::strip).toList();
  }

  /** What the page wrote to its console as an error. */
  List<String> errors() {
    return driver.manage().logs().get("browser").getAll().stream()
        .filter(entry -> entry.getLevel().getName().equals("SEVERE"))
        .map(Object::toString)
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }

  private static Optional<Path> onPath(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
